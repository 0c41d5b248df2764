package dev.drover;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The layers and what keeps them. */
@AnalyzeClasses(packages = "dev.drover", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] HOT = {
    "dev.drover.dialect..",
    "dev.drover.admission..",
    "dev.drover.routing..",
    "dev.drover.exchange..",
    "dev.drover.extproc.."
  };

  @ArchTest
  static final ArchRule layers =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("cli")
          .definedBy("dev.drover.cli..")
          .layer("app")
          .definedBy("dev.drover.app..")
          .layer("standin")
          .definedBy("dev.drover.standin..")
          .layer("render")
          .definedBy("dev.drover.render..")
          .layer("admin")
          .definedBy("dev.drover.admin..")
          .layer("telemetry")
          .definedBy("dev.drover.telemetry..")
          .layer("ledger")
          .definedBy("dev.drover.ledger..")
          .layer("load")
          .definedBy("dev.drover.load..")
          .layer("alert")
          .definedBy("dev.drover.alert..")
          .layer("redis")
          .definedBy("dev.drover.redis..")
          .layer("migrate")
          .definedBy("dev.drover.migrate..")
          .layer("report")
          .definedBy("dev.drover.report..")
          .layer("xds")
          .definedBy("dev.drover.xds..")
          .layer("extproc")
          .definedBy("dev.drover.extproc..")
          .layer("exchange")
          .definedBy("dev.drover.exchange..")
          .layer("cache")
          .definedBy("dev.drover.cache..")
          .layer("routing")
          .definedBy("dev.drover.routing..")
          .layer("admission")
          .definedBy("dev.drover.admission..")
          .layer("catalog")
          .definedBy("dev.drover.catalog..")
          .layer("dialect")
          .definedBy("dev.drover.dialect..")
          .layer("config")
          .definedBy("dev.drover.config..")
          .whereLayer("cli")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("app")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("standin")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("render")
          .mayOnlyBeAccessedByLayers("xds", "cli")
          .whereLayer("xds")
          .mayOnlyBeAccessedByLayers("extproc", "standin", "telemetry", "app")
          .whereLayer("admin")
          .mayOnlyBeAccessedByLayers("app")
          .whereLayer("telemetry")
          .mayOnlyBeAccessedByLayers("app", "cli")
          .whereLayer("migrate")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("report")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("ledger")
          .mayOnlyBeAccessedByLayers("report", "alert", "telemetry", "admin", "app", "cli")
          .whereLayer("load")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("alert")
          .mayOnlyBeAccessedByLayers("telemetry", "app", "cli")
          .whereLayer("redis")
          .mayOnlyBeAccessedByLayers("telemetry", "app")
          .whereLayer("extproc")
          .mayOnlyBeAccessedByLayers("app", "cli")
          .whereLayer("exchange")
          .mayOnlyBeAccessedByLayers(
              "extproc", "ledger", "redis", "alert", "telemetry", "app", "cli", "standin")
          .whereLayer("cache")
          .mayOnlyBeAccessedByLayers("exchange", "redis", "app")
          .whereLayer("routing")
          .mayOnlyBeAccessedByLayers(
              "exchange", "ledger", "redis", "alert", "telemetry", "admin", "app")
          .whereLayer("admission")
          .mayOnlyBeAccessedByLayers(
              "routing", "exchange", "ledger", "redis", "alert", "telemetry", "admin", "app", "cli")
          .whereLayer("catalog")
          .mayOnlyBeAccessedByLayers(
              "routing", "exchange", "alert", "render", "report", "app", "cli")
          .whereLayer("dialect")
          .mayOnlyBeAccessedByLayers(
              "catalog", "cache", "routing", "exchange", "render", "standin", "app")
          .because("data flows one way and nobody calls back up");

  @ArchTest
  static final ArchRule dialectsSeeOnlyTypes =
      noClasses()
          .that()
          .resideInAPackage("dev.drover.dialect..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io..", "com..", "dev.drover.config..", "dev.drover.exchange..")
          .because("dialects are pure functions of bytes");

  @ArchTest
  static final ArchRule noCycles =
      slices()
          .matching("dev.drover.(*)..")
          .should()
          .beFreeOfCycles()
          .because("a feature that needs another back is one feature");

  @ArchTest
  static final ArchRule wireStaysAtTheWire =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.drover.extproc..",
              "dev.drover.xds..",
              "dev.drover.standin..",
              "dev.drover.ledger..",
              "dev.drover.usage..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.grpc..", "com.google.protobuf..", "io.envoyproxy..", "dev.drover.usage..")
          .because("only the wire and the spool know protobuf");

  @ArchTest
  static final ArchRule jacksonStaysInConfig =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.drover.config..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.fasterxml..")
          .because("trees are for cold paths, behind config.Yaml");

  @ArchTest
  static final ArchRule micrometerStaysInTelemetry =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.drover.telemetry..", "dev.drover.app..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.micrometer..")
          .because("meters are named in one place and built in the composition root");

  @ArchTest
  static final ArchRule hotCodeTakesTimeFromOutside =
      noClasses()
          .that()
          .resideInAnyPackage(HOT)
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .callMethod(Thread.class, "sleep", long.class)
          .because("time and chance come in through the constructor");

  @ArchTest
  static final ArchRule hotCodeHoldsNoStaticState =
      noFields()
          .that()
          .areDeclaredInClassesThat()
          .resideInAnyPackage(HOT)
          .and()
          .areStatic()
          .should()
          .notHaveModifier(JavaModifier.FINAL)
          .because("state that outlives an exchange sits in registries");

  @ArchTest
  static final ArchRule namesSaySomething =
      noClasses()
          .should()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Manager")
          .orShould()
          .haveSimpleNameEndingWith("Impl")
          .because("such a name hides what the type does");

  @ArchTest
  static final ArchRule packagesAreNullMarked =
      classes()
          .that()
          .haveSimpleName("package-info")
          .should()
          .beAnnotatedWith(org.jspecify.annotations.NullMarked.class)
          .because("non-null is the default");
}
