package io.spillway.simulation.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a test a simulated site of its own. What a method's parameters may be: {@link io.spillway.Spillway}, the front
 * door as on a real site; {@link io.spillway.simulation.Simulation}, by which time passes and jobs are submitted;
 * {@link io.spillway.simulation.SimulatedAdmin}; {@link io.spillway.simulation.VirtualTime}. One method's parameters, and
 * those of what runs before and after it, are of one site.
 *
 * <pre>{@code
 * @SimulatedSite(ready = "vn[01-02]")
 * class OursTest {
 *     @Test
 *     void theNightIsForOthers(Spillway site, Simulation simulation) {
 *         simulation.submit("sweep", Optional.empty(), Duration.ofHours(3));
 *         new Ours(site).evening();
 *         assertEquals(Phase.CHECKPOINTED, site.nodes().get(0).phase());
 *     }
 * }
 * }</pre>
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(SimulatedSiteExtension.class)
public @interface SimulatedSite {
    /**
     * The names of the pool {@code htc}.
     *
     * @return a hostlist
     */
    String pool() default "vn[01-16]";

    /**
     * Virtual nodes that have been READY for a while.
     *
     * @return a hostlist; empty for none
     */
    String ready() default "";

    /**
     * Physical nodes; one of a host's name, {@code cn01} or {@code cn02}, is that host.
     *
     * @return a hostlist; empty for none
     */
    String physical() default "";
}
