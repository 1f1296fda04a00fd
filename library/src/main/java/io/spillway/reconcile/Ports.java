package io.spillway.reconcile;

import io.spillway.cloud.Cloud;
import io.spillway.slurm.Happenings;
import io.spillway.slurm.Provisioner;
import io.spillway.slurm.ResourceManager;

/**
 * All that a step can act on, and what tells when to look.
 *
 * @param cloud the cloud
 * @param slurm Slurm
 * @param provisioner the maker of nodes
 * @param happenings what the site says by itself
 */
public record Ports(Cloud cloud, ResourceManager slurm, Provisioner provisioner, Happenings happenings) {
    /**
     * A site that says nothing by itself.
     *
     * @param cloud the cloud
     * @param slurm Slurm
     * @param provisioner the maker of nodes
     */
    public Ports(Cloud cloud, ResourceManager slurm, Provisioner provisioner) {
        this(cloud, slurm, provisioner, Happenings.NONE);
    }
}
