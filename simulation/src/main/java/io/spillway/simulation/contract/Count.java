package io.spillway.simulation.contract;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Counts a suite's contracts, and says at its end how many were kept. */
final class Count implements AfterTestExecutionCallback, AfterAllCallback {
    private static final class Kept {
        int all;
        int kept;
        String suite = "";
    }

    private static Kept of(ExtensionContext context) {
        ExtensionContext suite =
                context.getTestMethod().isPresent() ? context.getParent().orElseThrow() : context;
        return suite.getStore(Namespace.create(Count.class, suite.getUniqueId()))
                .computeIfAbsent("kept", key -> new Kept(), Kept.class);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        Kept kept = of(context);
        Contract contract = (Contract) context.getRequiredTestInstance();
        kept.all++;
        kept.kept += context.getExecutionException().isPresent() ? 0 : 1;
        kept.suite = "contract %s: %%d of %%d %s"
                .formatted(contract.port(), contract.site().where());
    }

    /** The class around a nested one has no contracts of its own. */
    @Override
    @SuppressWarnings("SystemOut")
    public void afterAll(ExtensionContext context) {
        Kept kept = of(context);
        if (kept.all > 0) {
            System.out.println(kept.suite.formatted(kept.kept, kept.all));
        }
    }
}
