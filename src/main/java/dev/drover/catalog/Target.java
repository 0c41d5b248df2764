package dev.drover.catalog;

import dev.drover.dialect.TargetModel;
import dev.drover.types.Capability;
import dev.drover.types.Quality;
import dev.drover.types.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A model at a provider: the unit of choice, health and price. Immutable.
 *
 * @param name the name in the config
 * @param model the provider's name for the model
 * @param contextWindow tokens that prompt and response may have together; 0 when it is unknown
 * @param defaultOutputBound the most tokens of an answer where the client gives no bound
 * @param timeoutMillis the longest time until the response headers of one attempt, in milliseconds
 * @param streamUsage true when a stream can be asked for usage
 * @param capacity requests that the target can serve at once, relative to others; at least 1
 * @param quality the quality of the target's responses; null when they are good enough for every
 *     task
 * @param enabled false when the config switches the target off
 */
public record Target(
    String name,
    Provider provider,
    String model,
    Price price,
    int contextWindow,
    int defaultOutputBound,
    long timeoutMillis,
    Set<Capability> supports,
    boolean streamUsage,
    int capacity,
    @Nullable Quality quality,
    boolean enabled) {
  public Target {
    supports = Set.copyOf(supports);
  }

  /**
   * Name and address as one word. Envoy's endpoints and the names of its clusters carry it, so that
   * a request is never fitted to a target whose address has changed since Envoy was configured: its
   * key would go to a stranger.
   */
  public String id() {
    CRC32 sum = new CRC32();
    sum.update(
        (provider.tls() + "|" + provider.host() + "|" + provider.port())
            .getBytes(StandardCharsets.UTF_8));
    return "%s@%08x".formatted(name, sum.getValue());
  }

  /** Returns what a request must know of the target's model. */
  public TargetModel asked() {
    return new TargetModel(model, defaultOutputBound, streamUsage, provider.refuses());
  }

  /** The cluster that this target gets copies of requests by. */
  public String shadowCluster() {
    return Wire.SHADOW_PREFIX + id();
  }

  @Override
  public String toString() {
    return name;
  }
}
