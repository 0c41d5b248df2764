package dev.drover.config.schema;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The language of policy conditions: CEL over what is known of a request. Thread-safe. */
public final class PolicyLanguage {
  /** The variables and their types. */
  private static final Map<String, CelType> VARIABLES = variables();

  private static final CelCompiler COMPILER = compiler();

  private PolicyLanguage() {}

  private static Map<String, CelType> variables() {
    Map<String, CelType> types = new LinkedHashMap<>();
    types.put("model", SimpleType.STRING);
    types.put("task", SimpleType.STRING);
    types.put("operation", SimpleType.STRING);
    types.put("stream", SimpleType.BOOL);
    types.put("estimated_tokens", SimpleType.INT);
    types.put("caller", SimpleType.STRING);
    types.put("caller_kind", SimpleType.STRING);
    types.put("team", SimpleType.STRING);
    types.put("project", SimpleType.STRING);
    types.put("spiffe_id", SimpleType.STRING);
    types.put("k8s_namespace", SimpleType.STRING);
    types.put("k8s_service_account", SimpleType.STRING);
    types.put("headers", MapType.create(SimpleType.STRING, SimpleType.STRING));
    types.put("now", SimpleType.TIMESTAMP);
    return types;
  }

  private static CelCompiler compiler() {
    CelCompilerBuilder builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .setResultType(SimpleType.BOOL);
    VARIABLES.forEach(builder::addVar);
    return builder.build();
  }

  /**
   * Compiles a condition.
   *
   * @throws IllegalArgumentException when it is none; the message says where and why
   */
  public static CelAbstractSyntaxTree compile(String condition) {
    try {
      return COMPILER.compile(condition).getAst();
    } catch (CelValidationException e) {
      throw new IllegalArgumentException(
          e.getErrors().stream()
              .map(PolicyLanguage::words)
              .distinct()
              .collect(Collectors.joining("; ")),
          e);
    }
  }

  /**
   * Returns the value of a condition that is a literal {@code true} or {@code false}, or null for
   * any other.
   */
  public static @Nullable Boolean constant(CelAbstractSyntaxTree ast) {
    CelExpr expr = ast.getExpr();
    boolean literal =
        expr.getKind() == CelExpr.ExprKind.Kind.CONSTANT
            && expr.constant().getKind() == CelConstant.Kind.BOOLEAN_VALUE;
    return literal ? Boolean.valueOf(expr.constant().booleanValue()) : null;
  }

  private static String words(CelIssue issue) {
    return "column %d: %s"
        .formatted(
            issue.getSourceLocation().getColumn() + 1,
            issue.getMessage().lines().findFirst().orElse(""));
  }
}
