package io.spillway.cloud;

import io.spillway.model.Fact;
import io.spillway.model.Size;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the cloud tells of itself and of us. Facts only: {@code io.spillway.doctor} judges them.
 *
 * @param account who we are there
 * @param newest the newest microversion that Nova speaks, such as {@code 2.93}
 * @param rights which rights we have: true, false, or unknown
 * @param services the hosts' compute services
 * @param quota what our project may have
 * @param flavors the flavors' sizes by name and by id
 * @param networks the networks by name and by id: whether each is our project's own
 * @param inventories how far the hosts are overcommitted
 */
public record CloudFacts(
        Fact<Account> account,
        Fact<String> newest,
        Map<Right, Fact<Boolean>> rights,
        Fact<List<ComputeService>> services,
        Fact<Quota> quota,
        Fact<Map<String, Size>> flavors,
        Fact<Map<String, Boolean>> networks,
        Fact<List<Inventory>> inventories) {
    /** The newest microversion that Spillway asks for. */
    public static final String NEEDED = "2.69";

    public CloudFacts {
        rights = Map.copyOf(rights);
    }

    /**
     * Nothing is known.
     *
     * @param why why not
     * @return the facts
     */
    public static CloudFacts unknown(String why) {
        Map<Right, Fact<Boolean>> rights = new EnumMap<>(Right.class);
        for (Right right : Right.values()) {
            rights.put(right, Fact.unknown(why));
        }
        return new CloudFacts(
                Fact.unknown(why),
                Fact.unknown(why),
                rights,
                Fact.unknown(why),
                Fact.unknown(why),
                Fact.unknown(why),
                Fact.unknown(why),
                Fact.unknown(why));
    }

    static CloudFacts unknown(String why, Account account, String newest) {
        CloudFacts nothing = unknown(why);
        return new CloudFacts(
                Fact.known(account),
                Fact.known(newest),
                nothing.rights,
                nothing.services,
                nothing.quota,
                nothing.flavors,
                nothing.networks,
                nothing.inventories);
    }

    /**
     * Who we are.
     *
     * @param user the user's id
     * @param project the project's id
     * @param roles our roles there
     */
    public record Account(String user, String project, Set<String> roles) {}

    /**
     * A host's nova-compute.
     *
     * @param host its name
     * @param up whether Nova hears it
     * @param enabled whether it may get servers
     */
    public record ComputeService(String host, boolean up, boolean enabled) {}

    /**
     * Limits of our project and what is used of them, other servers than ours included; -1 is no limit.
     *
     * @param servers servers
     * @param cores virtual CPUs
     * @param memory MiB
     */
    public record Quota(Limit servers, Limit cores, Limit memory) {}

    /**
     * A limit.
     *
     * @param most how many there may be; -1 for any number
     * @param used how many there are
     */
    public record Limit(long most, long used) {}

    /**
     * A host in Placement.
     *
     * @param host its name
     * @param cores the allocation ratio of virtual CPUs
     * @param memory the allocation ratio of memory
     */
    public record Inventory(String host, double cores, double memory) {}
}
