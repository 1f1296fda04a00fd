package io.spillway.reconcile;

import io.spillway.model.NodeName;
import java.util.ServiceLoader;

/**
 * Told before and after each effect, so that a test may end the process exactly there. A class of this package that
 * {@link ServiceLoader} finds is asked; in production there is none, and an empty call is left.
 */
interface Boundary {
    /** Nobody listens. */
    Boundary NONE = (name, node) -> {};

    /**
     * An effect begins or has ended.
     *
     * @param name {@code before} or {@code after} and the effect's class, such as {@code before SuspendServer}
     * @param node whose effect
     */
    void at(String name, NodeName node);

    /** The one that was installed beside the library, or none. */
    static Boundary installed() {
        return ServiceLoader.load(Boundary.class, Boundary.class.getClassLoader())
                .findFirst()
                .orElse(NONE);
    }
}
