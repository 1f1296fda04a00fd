package io.spillway.cloud;

import io.spillway.failure.FailedException;
import java.util.Locale;
import java.util.Optional;
import org.openstack4j.api.OSClient.OSClientV3;
import org.openstack4j.api.identity.EndpointURLResolver;
import org.openstack4j.api.types.ServiceType;
import org.openstack4j.core.transport.Config;
import org.openstack4j.model.identity.URLResolverParams;
import org.openstack4j.openstack.OSFactory;
import org.openstack4j.openstack.identity.v3.domain.KeystoneToken;

/**
 * A token and what it opens. Thread-safe.
 *
 * @param token the token
 * @param until until when it should be used, by {@link System#nanoTime}
 * @param nova Nova
 * @param neutron Neutron
 * @param placement Placement, where Keystone tells of it
 * @param account who we are
 */
record Session(
        String token,
        long until,
        Service nova,
        Service neutron,
        Optional<Service> placement,
        CloudFacts.Account account)
        implements EndpointURLResolver {
    boolean old() {
        return System.nanoTime() - until >= 0;
    }

    /**
     * An openstack4j client for one unit of work in this thread: it keeps its session in a ThreadLocal, so that one
     * made earlier, or elsewhere, would speak with another's token or not at all.
     */
    OSClientV3 openstack4j() {
        KeystoneToken keystone = new KeystoneToken();
        keystone.setId(token);
        return OSFactory.clientFromToken(keystone, Config.newConfig().withEndpointURLResolver(this));
    }

    Service service(ServiceType type) {
        return switch (type) {
            case COMPUTE -> nova;
            case NETWORK -> neutron;
            default ->
                throw new FailedException(null, "no use for " + type.name().toLowerCase(Locale.ROOT));
        };
    }

    /** Whose endpoint an address begins with. */
    Service serving(String address) {
        return address.startsWith(neutron.url()) ? neutron : nova;
    }

    @Override
    public String findURLV3(URLResolverParams wanted) {
        return service(wanted.type).url();
    }

    @Override
    public String findURLV2(URLResolverParams wanted) {
        return findURLV3(wanted);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "Session[nova=" + nova.url() + ", neutron=" + neutron.url() + "]";
    }
}
