package dev.drover.routing.policy;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compiles checked CEL. The forms that nearly all conditions are made of (variables compared with
 * constants, joined by and, or, not) become plain code that allocates nothing; whatever is beyond
 * them is CEL's own runtime, which is asked only when those parts of a conjunction hold that are
 * plain. That is no change of meaning: in CEL {@code false && error} is false in either order.
 */
final class Conditions {
  private static final CelRuntime RUNTIME = CelRuntimeFactory.plannerRuntimeBuilder().build();

  private Conditions() {}

  static Condition compile(CelAbstractSyntaxTree ast) throws CelEvaluationException {
    Condition plain = plain(ast.getExpr());
    if (plain != null) {
      return plain;
    }
    CelRuntime.Program program = RUNTIME.createProgram(ast);
    Condition whole = facts -> (Boolean) program.eval(facts);
    List<Condition> guards = guards(ast.getExpr());
    return guards.isEmpty() ? whole : facts -> all(guards, facts) && whole.holds(facts);
  }

  /** The parts of a conjunction that are plain. */
  private static List<Condition> guards(CelExpr expr) {
    List<Condition> guards = new ArrayList<>();
    if (isCall(expr, "_&&_")) {
      for (CelExpr part : expr.call().args()) {
        Condition plain = plain(part);
        guards.addAll(plain == null ? guards(part) : List.of(plain));
      }
    }
    return guards;
  }

  private static boolean all(List<Condition> conditions, Facts facts)
      throws CelEvaluationException {
    for (int i = 0; i < conditions.size(); i++) {
      if (!conditions.get(i).holds(facts)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isCall(CelExpr expr, String function) {
    return expr.getKind() == CelExpr.ExprKind.Kind.CALL && expr.call().function().equals(function);
  }

  /** Plain code for an expression, or null when it is beyond that. */
  private static @Nullable Condition plain(CelExpr expr) {
    return switch (expr.getKind()) {
      case CONSTANT ->
          expr.constant().getKind() == CelConstant.Kind.BOOLEAN_VALUE
              ? constant(expr.constant().booleanValue())
              : null;
      case IDENT -> expr.ident().name().equals("stream") ? Facts::stream : null;
      case CALL -> call(expr.call());
      default -> null;
    };
  }

  private static Condition constant(boolean value) {
    return _ -> value;
  }

  private static @Nullable Condition call(CelExpr.CelCall call) {
    List<CelExpr> args = call.args();
    return switch (call.function()) {
      case "_&&_" -> joined(args, true);
      case "_||_" -> joined(args, false);
      case "!_" -> not(plain(args.getFirst()));
      case "_==_" -> equal(args.get(0), args.get(1));
      case "_!=_" -> not(equal(args.get(0), args.get(1)));
      case "_<_", "_<=_", "_>_", "_>=_" -> compared(call.function(), args);
      case "@in" -> in(args.get(0), args.get(1));
      case "startsWith", "endsWith", "contains" -> part(call);
      default -> null;
    };
  }

  private static @Nullable Condition joined(List<CelExpr> args, boolean and) {
    Condition one = plain(args.get(0));
    Condition other = plain(args.get(1));
    if (one == null || other == null) {
      return null;
    }
    return and
        ? facts -> one.holds(facts) && other.holds(facts)
        : facts -> one.holds(facts) || other.holds(facts);
  }

  private static @Nullable Condition not(@Nullable Condition condition) {
    return condition == null ? null : facts -> !condition.holds(facts);
  }

  private static @Nullable Condition equal(CelExpr left, CelExpr right) {
    Function<Facts, String> text = text(left);
    String word = string(right);
    if (text == null || word == null) {
      text = text(right);
      word = string(left);
    }
    if (text == null || word == null) {
      return null;
    }
    Function<Facts, String> variable = text;
    String constant = word;
    return facts -> variable.apply(facts).equals(constant);
  }

  private static @Nullable Condition compared(String function, List<CelExpr> args) {
    boolean tokens =
        args.get(0).getKind() == CelExpr.ExprKind.Kind.IDENT
            && args.get(0).ident().name().equals("estimated_tokens");
    boolean number =
        args.get(1).getKind() == CelExpr.ExprKind.Kind.CONSTANT
            && args.get(1).constant().getKind() == CelConstant.Kind.INT64_VALUE;
    if (!tokens || !number) {
      return null;
    }
    long bound = args.get(1).constant().int64Value();
    return switch (function) {
      case "_<_" -> facts -> facts.estimatedTokens() < bound;
      case "_<=_" -> facts -> facts.estimatedTokens() <= bound;
      case "_>_" -> facts -> facts.estimatedTokens() > bound;
      default -> facts -> facts.estimatedTokens() >= bound;
    };
  }

  private static @Nullable Condition in(CelExpr item, CelExpr list) {
    Function<Facts, String> text = text(item);
    if (text == null || list.getKind() != CelExpr.ExprKind.Kind.LIST) {
      return null;
    }
    List<CelExpr> elements = list.list().elements();
    if (elements.stream().anyMatch(element -> string(element) == null)) {
      return null;
    }
    Set<String> words = elements.stream().map(Conditions::string).collect(Collectors.toSet());
    return facts -> words.contains(text.apply(facts));
  }

  private static @Nullable Condition part(CelExpr.CelCall call) {
    Function<Facts, String> text = call.target().map(Conditions::text).orElse(null);
    String word = string(call.args().getFirst());
    if (text == null || word == null) {
      return null;
    }
    return switch (call.function()) {
      case "startsWith" -> facts -> text.apply(facts).startsWith(word);
      case "endsWith" -> facts -> text.apply(facts).endsWith(word);
      default -> facts -> text.apply(facts).contains(word);
    };
  }

  private static @Nullable String string(CelExpr expr) {
    return expr.getKind() == CelExpr.ExprKind.Kind.CONSTANT
            && expr.constant().getKind() == CelConstant.Kind.STRING_VALUE
        ? expr.constant().stringValue()
        : null;
  }

  private static @Nullable Function<Facts, String> text(CelExpr expr) {
    return expr.getKind() == CelExpr.ExprKind.Kind.IDENT ? Facts.text(expr.ident().name()) : null;
  }
}
