"""Spillway: Slurm on physical nodes and on OpenStack servers, by Salt."""

__version__ = "0.1.0"
