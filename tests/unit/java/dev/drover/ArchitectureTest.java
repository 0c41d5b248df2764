package dev.drover;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.stream.Stream;

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

  /** Each row may use the rows above it, and of its own row only what {@link #noCycles} allows. */
  private static final List<List<String>> LAYERS =
      List.of(
          List.of("types"),
          List.of("json", "message", "usage"),
          List.of("config"),
          List.of("dialect"),
          List.of("credential"),
          List.of("catalog"),
          List.of("record"),
          List.of("admission"),
          List.of("state", "cache"),
          List.of("routing"),
          List.of("coordination"),
          List.of("exchange"),
          List.of("extproc"),
          List.of("ledger", "render", "xds", "report", "alert", "telemetry"),
          List.of("admin"),
          List.of("app"),
          List.of("migrate", "cli"),
          List.of("tools"));

  @ArchTest static final ArchRule layers = layers();

  private static ArchRule layers() {
    List<String> names = LAYERS.stream().flatMap(List::stream).toList();
    var rule = layeredArchitecture().consideringOnlyDependenciesInLayers();
    for (String name : names) {
      rule = rule.layer(name).definedBy("dev.drover." + name + "..");
    }
    for (int i = 0; i < LAYERS.size(); i++) {
      List<String> above = LAYERS.subList(i, LAYERS.size()).stream().flatMap(List::stream).toList();
      for (String name : LAYERS.get(i)) {
        String[] users = above.stream().filter(each -> !each.equals(name)).toArray(String[]::new);
        rule =
            users.length == 0
                ? rule.whereLayer(name).mayNotBeAccessedByAnyLayer()
                : rule.whereLayer(name).mayOnlyBeAccessedByLayers(users);
      }
    }
    return rule.because("data flows one way and nobody calls back up");
  }

  @ArchTest
  static final ArchRule everyPackageHasItsLayer =
      classes()
          .that()
          .resideInAPackage("dev.drover..")
          .should()
          .resideInAnyPackage(
              LAYERS.stream()
                  .flatMap(List::stream)
                  .map(name -> "dev.drover." + name + "..")
                  .toArray(String[]::new));

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
  static final ArchRule onlyTheRegistryNamesADialect =
      CompositeArchRule.of(
          Stream.of("openai", "anthropic", "responses", "gemini", "bedrock")
              .map(name -> named("dev.drover.dialect." + name + ".."))
              .toList());

  private static ArchRule named(String folder) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(folder)
        .and()
        .doNotHaveFullyQualifiedName("dev.drover.dialect.Dialects")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(folder)
        .because("a new dialect is a folder and a line in the registry");
  }

  @ArchTest
  static final ArchRule serverDoesNotNameTheTools =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.drover.tools..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.drover.tools..")
          .because("the tools are in a jar of their own");

  @ArchTest
  static final ArchRule noCycles =
      slices()
          .matching("dev.drover.(*)..")
          .should()
          .beFreeOfCycles()
          .because("a feature that needs another back is one feature");

  /** Packages whose parts are layers too. */
  private static final List<String> LAYERED =
      List.of("config", "state", "coordination", "exchange", "extproc", "render", "tools");

  @ArchTest
  static final ArchRule noCyclesWithin =
      slices()
          .assignedFrom(new PartsOf(LAYERED))
          .should()
          .beFreeOfCycles()
          .because("the parts of these packages are layers too");

  /** Assigns classes of some packages to the package they stand in, and all others to none. */
  private record PartsOf(List<String> packages) implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      String name = type.getPackageName();
      return packages.stream().anyMatch(each -> (name + ".").startsWith("dev.drover." + each + "."))
          ? SliceIdentifier.of(name)
          : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "parts of " + packages;
    }
  }

  @ArchTest
  static final ArchRule wireStaysAtTheWire =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.drover.extproc..",
              "dev.drover.xds..",
              "dev.drover.tools.standin..",
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
          .resideOutsideOfPackages("dev.drover.config..", "dev.drover.json..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.fasterxml..")
          .because("trees are for cold paths, behind json.Yaml");

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
