package io.spillway.doctor;

/** What a finding is about. */
public enum Area {
    /** The virtual nodes as a whole, and their pools. */
    SITE("site"),
    /** slurm.conf and slurmctld. */
    SLURM("Slurm"),
    /** The Salt master, salt-api and the minions. */
    SALT("Salt"),
    /** The nodes that answer. */
    NODES("nodes"),
    /** Shared files. */
    STORAGE("storage"),
    /** Keystone, Nova, Neutron and Placement. */
    CLOUD("cloud");

    private final String title;

    Area(String title) {
        this.title = title;
    }

    /**
     * Its name for a person.
     *
     * @return a word
     */
    public String title() {
        return title;
    }
}
