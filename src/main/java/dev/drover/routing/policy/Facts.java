package dev.drover.routing.policy;

import dev.cel.runtime.CelVariableResolver;
import dev.drover.routing.Ask;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What conditions may ask of a request, by the names of {@code PolicyLanguage}. */
public record Facts(Ask ask, long estimatedTokens, InstantSource wall)
    implements CelVariableResolver {
  private static final Map<String, Function<Facts, String>> TEXTS =
      Map.of(
          "caller", facts -> facts.ask.origin().caller().id(),
          "team", facts -> facts.ask.origin().caller().team(),
          "project", facts -> facts.ask.origin().caller().project(),
          "model", facts -> facts.ask.model().name(),
          "task", facts -> facts.ask.task(),
          "operation", facts -> facts.ask.facts().endpoint().operation(),
          "spiffe_id", facts -> facts.ask.origin().spiffeId(),
          "k8s_namespace", facts -> facts.ask.origin().namespace(),
          "k8s_service_account", facts -> facts.ask.origin().serviceAccount());

  /** How the variable of this name is read, when it is one of text; else null. */
  static @Nullable Function<Facts, String> text(String name) {
    return TEXTS.get(name);
  }

  boolean stream() {
    return ask.facts().stream();
  }

  @Override
  public Optional<Object> find(String name) {
    Function<Facts, String> text = TEXTS.get(name);
    return Optional.of(
        text != null
            ? text.apply(this)
            : switch (name) {
              case "stream" -> stream();
              case "estimated_tokens" -> estimatedTokens;
              case "headers" -> ask.origin().headers().get();
              case "now" -> wall.instant();
              default -> throw new IllegalStateException("variable: " + name);
            });
  }
}
