package io.spillway.simulation.junit;

import io.spillway.Spillway;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import io.spillway.simulation.SimulatedAdmin;
import io.spillway.simulation.Simulation;
import io.spillway.simulation.VirtualTime;
import java.lang.reflect.AnnotatedElement;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link SimulatedSite} says. */
final class SimulatedSiteExtension implements ParameterResolver {
    private static final Namespace OURS = Namespace.create(SimulatedSiteExtension.class);
    private static final Set<Class<?>> KINDS =
            Set.of(Spillway.class, Simulation.class, SimulatedAdmin.class, VirtualTime.class);

    /** One test's site; the store closes it when the test is over. */
    private record Given(VirtualTime time, Simulation simulation, Spillway spillway) implements AutoCloseable {
        static Given of(SimulatedSite wanted) {
            VirtualTime time = new VirtualTime();
            Simulation simulation = new Simulation(time);
            each(wanted.physical(), simulation::physical);
            each(wanted.ready(), simulation::ready);
            simulation.pass(Duration.ofMinutes(1));
            return new Given(time, simulation, simulation.spillway(Hostlist.parse(wanted.pool())));
        }

        private static void each(String names, Consumer<String> make) {
            if (!names.isEmpty()) {
                Hostlist.parse(names).stream().map(NodeName::value).forEach(make);
            }
        }

        @Override
        public void close() {
            spillway.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return KINDS.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (context.getTestMethod().isEmpty()) {
            throw new ParameterResolutionException(
                    "a simulated site is one test's own: take it as a parameter of a test or of @BeforeEach");
        }
        Given given =
                context.getStore(OURS).computeIfAbsent(Given.class, key -> Given.of(wanted(context)), Given.class);
        Class<?> kind = parameter.getParameter().getType();
        if (kind == Spillway.class) {
            return given.spillway();
        }
        if (kind == Simulation.class) {
            return given.simulation();
        }
        return kind == VirtualTime.class ? given.time() : given.simulation().admin();
    }

    /** The method's own word, else its class's, else that of a class around. */
    private static SimulatedSite wanted(ExtensionContext context) {
        Optional<ExtensionContext> now = Optional.of(context);
        while (now.isPresent()) {
            Optional<AnnotatedElement> element = now.get().getElement();
            Optional<SimulatedSite> found = AnnotationSupport.findAnnotation(element, SimulatedSite.class);
            if (found.isPresent()) {
                return found.get();
            }
            now = now.get().getParent();
        }
        throw new ParameterResolutionException("@SimulatedSite is not there");
    }
}
