package io.spillway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The house's walls: imports point one way, and each foreign client is known to one package only. */
@AnalyzeClasses(packages = "io.spillway", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule importsPointOneWay = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("io.spillway..")
            .layer("door")
            .definedBy("io.spillway")
            .layer("reconcile")
            .definedBy("io.spillway.reconcile..")
            .layer("doctor")
            .definedBy("io.spillway.doctor..")
            .layer("policy")
            .definedBy("io.spillway.policy..")
            .layer("cloud")
            .definedBy("io.spillway.cloud..")
            .layer("slurm")
            .definedBy("io.spillway.slurm..")
            .layer("salt")
            .definedBy("io.spillway.salt..")
            .layer("config")
            .definedBy("io.spillway.config..")
            .layer("timeline")
            .definedBy("io.spillway.timeline..")
            .optionalLayer("http")
            .definedBy("io.spillway.http..")
            .layer("model")
            .definedBy("io.spillway.model..")
            .layer("failure")
            .definedBy("io.spillway.failure..")
            .whereLayer("door")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("reconcile")
            .mayOnlyBeAccessedByLayers("door")
            .whereLayer("timeline")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("doctor")
            .mayOnlyBeAccessedByLayers("door")
            .whereLayer("policy")
            .mayOnlyBeAccessedByLayers("door", "timeline", "config")
            .whereLayer("cloud")
            .mayOnlyBeAccessedByLayers("door", "reconcile", "doctor")
            .whereLayer("slurm")
            .mayOnlyBeAccessedByLayers("door", "reconcile", "doctor")
            .whereLayer("salt")
            .mayOnlyBeAccessedByLayers("door", "slurm")
            .whereLayer("config")
            .mayOnlyBeAccessedByLayers("door", "salt", "cloud")
            .whereLayer("http")
            .mayOnlyBeAccessedByLayers("salt", "cloud")
            .whereLayer("model")
            .mayOnlyBeAccessedByLayers("door", "reconcile", "doctor", "policy", "timeline", "cloud", "slurm", "config");

    @ArchTest
    static final ArchRule noPackageGoesInCircles =
            slices().matching("io.spillway.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlySaltKnowsTheSaltClient =
            onlyIn("io.spillway.salt", "com.suse.salt..", "com.google.gson..");

    @ArchTest
    static final ArchRule onlyCloudKnowsTheCloudClient = onlyIn("io.spillway.cloud", "org.openstack4j..");

    @ArchTest
    static final ArchRule onlyTimelineKnowsTheRenderer =
            onlyIn("io.spillway.timeline", "com.github.weisj..", "java.awt..");

    @ArchTest
    static final ArchRule onlyConfigKnowsYaml = onlyIn("io.spillway.config", "com.fasterxml.jackson.dataformat..");

    @ArchTest
    static final ArchRule theLifecycleDoesNoWork = noClasses()
            .that()
            .haveSimpleName("Lifecycle")
            .or()
            .haveSimpleName("Arrival")
            .or()
            .haveSimpleName("Hold")
            .or()
            .haveSimpleName("Move")
            .or()
            .haveSimpleName("Return")
            .or()
            .haveSimpleName("Departure")
            .or()
            .haveSimpleName("PowerSaving")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.io..", "java.net..", "java.nio..", "java.util.concurrent..");

    @ArchTest
    static final ArchRule theDoctorOnlyJudges = noClasses()
            .that()
            .resideInAPackage("io.spillway.doctor")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.io..", "java.net..", "java.nio..", "java.util.concurrent..", "com.fasterxml.jackson..")
            .orShould()
            .dependOnClassesThat()
            .haveSimpleNameEndingWith("Cloud")
            .orShould()
            .dependOnClassesThat()
            .haveSimpleNameEndingWith("ResourceManager");

    @ArchTest
    static final ArchRule policiesOnlyDecide = noClasses()
            .that()
            .resideInAPackage("io.spillway.policy..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.io..", "java.net..", "java.nio..", "java.util.concurrent..", "java.util.random..")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "nanoTime");

    @ArchTest
    static final ArchRule nobodySleepsButThePace = noClasses()
            .that()
            .doNotBelongToAnyOf(io.spillway.reconcile.Pace.class)
            .should()
            .callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule noGuavaInTheOpen = noMethods()
            .that()
            .arePublic()
            .should()
            .haveRawReturnType(DescribedPredicate.describe(
                    "of Guava", (JavaClass type) -> type.getPackageName().startsWith("com.google.common")));

    @ArchTest
    static final ArchRule publicMethodsOfTheDoorSpeakOurWords = methods()
            .that()
            .areDeclaredInClassesThat()
            .resideInAnyPackage("io.spillway", "io.spillway.model..", "io.spillway.reconcile..")
            .and()
            .arePublic()
            .should()
            .haveRawReturnType(DescribedPredicate.describe(
                    "of the JDK or of ours",
                    (JavaClass type) -> type.isPrimitive()
                            || type.isArray()
                            || type.getPackageName().startsWith("java.")
                            || type.getPackageName().startsWith("io.spillway")));

    @ArchTest
    static final ArchRule failuresAreOurs = classes()
            .that()
            .areAssignableTo(RuntimeException.class)
            .and()
            .arePublic()
            .should()
            .resideInAPackage("io.spillway.failure");

    private static ArchRule onlyIn(String home, String... foreign) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(home)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(foreign);
    }
}
