package io.spillway.lab;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Runs {@link OnTheLab}; exit code 0 if all contracts are kept, 1 if not, each one with its reason. */
final class Contracts {
    private Contracts() {}

    /**
     * Runs them.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(OnTheLab.class))
                .build();
        var summary = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, summary);
        boolean kept = summary.getSummary().getTestsFoundCount() > 0
                && summary.getSummary().getTotalFailureCount() == 0;
        if (!kept) {
            summary.getSummary().printFailuresTo(new PrintWriter(System.err, true, StandardCharsets.UTF_8), 8);
        }
        System.exit(kept ? 0 : 1);
    }
}
