package dev.drover.testing;

import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** Evaluates the CEL rules of a CustomResourceDefinition ({@code x-kubernetes-validations}). */
final class ValidationRules {
  private static final CelOptions OPTIONS =
      CelOptions.current().enableHeterogeneousNumericComparisons(true).build();

  private static final CelCompiler COMPILER =
      CelCompilerFactory.standardCelCompilerBuilder()
          .setOptions(OPTIONS)
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addLibraries(
              CelExtensions.optional(),
              CelExtensions.strings(),
              CelExtensions.lists(),
              CelExtensions.sets(OPTIONS),
              CelExtensions.math())
          .addFunctionDeclarations(KubernetesFunctions.DECLARATIONS)
          .addVar("self", SimpleType.DYN)
          .addVar("oldSelf", SimpleType.DYN)
          .setResultType(SimpleType.BOOL)
          .build();

  private static final CelRuntime RUNTIME =
      CelRuntimeFactory.legacyCelRuntimeBuilder()
          .setOptions(OPTIONS)
          .addLibraries(
              CelExtensions.optional(),
              CelExtensions.strings(),
              CelExtensions.lists(),
              CelExtensions.sets(OPTIONS),
              CelExtensions.math())
          .addFunctionBindings(KubernetesFunctions.BINDINGS)
          .build();

  /** A rule that compares with the value before a change, which a first value has not. */
  private static final Pattern TRANSITION = Pattern.compile("\\boldSelf\\b");

  private static final Map<String, CelRuntime.Program> PROGRAMS = new ConcurrentHashMap<>();

  private ValidationRules() {}

  /** Returns the rules of a schema itself, not of those within it. */
  static List<Map<String, Object>> of(StructuralSchema schema) {
    return StructuralSchema.list(schema.tree().get("x-kubernetes-validations")).stream()
        .map(StructuralSchema::map)
        .toList();
  }

  /**
   * Compiles a rule.
   *
   * @throws IllegalArgumentException when it is not understood
   */
  static CelRuntime.Program program(String rule) {
    return PROGRAMS.computeIfAbsent(
        rule,
        _ -> {
          try {
            return RUNTIME.createProgram(COMPILER.compile(rule).getAst());
          } catch (CelValidationException | CelEvaluationException e) {
            throw new IllegalArgumentException(rule + ": " + e.getMessage(), e);
          }
        });
  }

  /** Returns what is wrong with a resource that has its defaults, each as "path: what is wrong". */
  static List<String> problems(StructuralSchema schema, Map<String, Object> resource) {
    List<String> problems = new ArrayList<>();
    schema.walk(resource, "", (each, value, path) -> check(each, value, path, problems));
    return problems;
  }

  private static void check(
      StructuralSchema schema, Object value, String path, List<String> problems) {
    for (Map<String, Object> each : of(schema)) {
      String rule = String.valueOf(each.get("rule"));
      if (TRANSITION.matcher(rule).find()) {
        continue;
      }
      try {
        Object self = RuleValues.of(Optional.of(schema), value);
        if (!Boolean.TRUE.equals(program(rule).eval(Map.of("self", self)))) {
          problems.add(path + ": " + each.getOrDefault("message", rule));
        }
      } catch (CelEvaluationException | IllegalArgumentException e) {
        problems.add("%s: rule cannot be evaluated: %s: %s".formatted(path, rule, e.getMessage()));
      }
    }
  }
}
