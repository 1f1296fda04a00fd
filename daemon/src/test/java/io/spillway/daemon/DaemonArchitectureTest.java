package io.spillway.daemon;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The daemon's walls: client and server know what they say to each other, and not each other. */
@AnalyzeClasses(packages = "io.spillway.daemon", importOptions = DoNotIncludeTests.class)
class DaemonArchitectureTest {
    private static final String VERBS = "io.spillway.daemon";
    private static final String API = "io.spillway.daemon.api..";
    private static final String CLIENT = "io.spillway.daemon.client..";
    private static final String SERVER = "io.spillway.daemon.server..";

    @ArchTest
    static final ArchRule whatIsSaidKnowsNobody = noOf(API, VERBS, CLIENT, SERVER);

    @ArchTest
    static final ArchRule theClientKnowsOnlyWhatIsSaid = noOf(CLIENT, VERBS, SERVER);

    @ArchTest
    static final ArchRule theServerKnowsNoClient = noOf(SERVER, CLIENT);

    @ArchTest
    static final ArchRule theCommandNeedsNoServer = noOf(VERBS, SERVER);

    @ArchTest
    static final ArchRule onlyAVerbSimulates = noOf("io.spillway.daemon.*..", "io.spillway.simulation..");

    @ArchTest
    static final ArchRule onlyClientAndServerKnowHttp = noClasses()
            .that()
            .resideInAnyPackage(VERBS, API)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.eclipse.jetty..");

    /** The library's adapters are behind its door: what goes out of the daemon goes through that. */
    @ArchTest
    static final ArchRule nobodyTalksToTheSiteDirectly = noOf(
            "io.spillway.daemon..",
            "io.spillway.cloud..",
            "io.spillway.salt..",
            "io.spillway.slurm..",
            "io.spillway.http..");

    private static ArchRule noOf(String from, String... to) {
        return noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(to);
    }
}
