package dev.drover.routing.policy;

import dev.cel.runtime.CelVariableResolver;
import dev.drover.routing.Ask;
import java.time.InstantSource;
import java.util.Optional;

/** What conditions may ask of a request, by the names of {@code PolicyLanguage}. */
public record Facts(Ask ask, long estimatedTokens, InstantSource wall)
    implements CelVariableResolver {
  @Override
  public Optional<Object> find(String name) {
    return Optional.of(
        switch (name) {
          case "model" -> ask.model().name();
          case "task" -> ask.task();
          case "operation" -> ask.facts().endpoint().operation();
          case "stream" -> ask.facts().stream();
          case "estimated_tokens" -> estimatedTokens;
          case "spiffe_id" -> ask.origin().spiffeId();
          case "k8s_namespace" -> ask.origin().namespace();
          case "k8s_service_account" -> ask.origin().serviceAccount();
          case "headers" -> ask.origin().headers().get();
          case "now" -> wall.instant();
          default -> throw new IllegalStateException("variable: " + name);
        });
  }
}
