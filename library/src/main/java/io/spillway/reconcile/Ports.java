package io.spillway.reconcile;

import io.spillway.cloud.Cloud;
import io.spillway.slurm.Provisioner;
import io.spillway.slurm.ResourceManager;

/**
 * All that a step can act on.
 *
 * @param cloud the cloud
 * @param slurm Slurm
 * @param provisioner the maker of nodes
 */
public record Ports(Cloud cloud, ResourceManager slurm, Provisioner provisioner) {}
