package dev.drover.routing.policy;

import dev.cel.runtime.CelVariableResolver;
import dev.drover.routing.RoutingRequest;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The facts of a request that conditions can use, by the names of {@code PolicyLanguage}. */
public record Facts(RoutingRequest routingRequest, long estimatedTokens, InstantSource wall)
    implements CelVariableResolver {
  private static final Map<String, Function<Facts, String>> TEXTS =
      Map.of(
          "caller_kind", facts -> facts.routingRequest.origin().caller().kind().label(),
          "caller", facts -> facts.routingRequest.origin().caller().id(),
          "team", facts -> facts.routingRequest.origin().caller().team(),
          "project", facts -> facts.routingRequest.origin().caller().project(),
          "model", facts -> facts.routingRequest.model().name(),
          "task", facts -> facts.routingRequest.task(),
          "operation", facts -> facts.routingRequest.facts().operation().name(),
          "spiffe_id", facts -> facts.routingRequest.origin().spiffeId(),
          "k8s_namespace", facts -> facts.routingRequest.origin().namespace(),
          "k8s_service_account", facts -> facts.routingRequest.origin().serviceAccount());

  /**
   * Returns the function that reads a text variable, or null when there is no text variable of this
   * name.
   */
  static @Nullable Function<Facts, String> text(String name) {
    return TEXTS.get(name);
  }

  boolean stream() {
    return routingRequest.facts().stream();
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
              case "headers" -> routingRequest.origin().headers().get();
              case "now" -> wall.instant();
              default -> throw new IllegalStateException("variable: " + name);
            });
  }
}
