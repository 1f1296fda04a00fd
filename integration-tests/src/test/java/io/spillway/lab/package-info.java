/** Tests on the lab: real Slurm, Salt and OpenStack on this machine ({@code make lab}). */
package io.spillway.lab;
