package io.spillway.cloud;

/** A right in Nova that Spillway needs and that Nova may withhold; {@code docs/cloud-rights.md} says how to grant it. */
public enum Right {
    /** Suspend a server, and resume it. */
    SUSPEND("suspend servers", "os-suspend-server:suspend", true),
    /** Move a server to a named host as it runs. */
    LIVE_MIGRATE("live-migrate servers to a host", "os-migrate-server:migrate_live", true),
    /** See how a move goes. */
    LIST_MIGRATIONS("see migrations", "os-migrations:index", false),
    /** See and abort a move of one server. */
    LIST_SERVER_MIGRATIONS("see a server's migrations", "servers:migrations:index", true),
    /** See which hosts there are. */
    LIST_SERVICES("list the hosts", "os-services:list", false),
    /** See how large a host is. */
    LIST_HYPERVISORS("see the hosts' sizes", "os-hypervisors:list-detail", false),
    /** Disable a host's compute service, and enable it again. */
    UPDATE_SERVICES("disable hosts", "os-services:update", false),
    /** See the host that a server is on. */
    SHOW_HOST("see a server's host", "os-extended-server-attributes", true),
    /** See whether that host answers Nova. */
    SHOW_HOST_STATUS("see whether a server's host answers", "servers:show:host_status", true);

    private final String what;
    private final String rule;
    private final boolean ofServers;

    Right(String what, String rule, boolean ofServers) {
        this.what = what;
        this.rule = "os_compute_api:" + rule;
        this.ofServers = ofServers;
    }

    /**
     * What it allows.
     *
     * @return some words
     */
    public String what() {
        return what;
    }

    /**
     * The rule in Nova's policy.
     *
     * @return its name
     */
    public String rule() {
        return rule;
    }

    /**
     * The line in Nova's policy.yaml that grants it to the role of {@code docs/cloud-rights.md}; what is about a server
     * in the server's own project only.
     *
     * @return such as {@code "os_compute_api:os-services:list": "rule:context_is_admin or role:spillway_operator"}
     */
    public String grant() {
        return "\"%s\": \"rule:context_is_admin or %s\""
                .formatted(rule, ofServers ? "rule:spillway_operator_here" : "role:spillway_operator");
    }
}
