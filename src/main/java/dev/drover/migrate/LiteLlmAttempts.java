package dev.drover.migrate;

import dev.drover.config.schema.ModelConfig;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The targets that are tried for a request, and how many of them. LiteLLM counts tries within a
 * group, and asks the fallbacks after them; Drover tries each target once and counts them all. So
 * the number lets the first fallback be reached. Confined to one file.
 */
final class LiteLlmAttempts {
  private static final int MOST =
      Bounds.of(ModelConfig.class, "max_attempts").largest().intValueExact();

  /** The retries of a router that is not told how many. */
  private static final int USUAL = 2;

  private final @Nullable BigDecimal given;
  private final String path;
  private final int tries;
  private final Notes notes;

  LiteLlmAttempts(LiteLlmSettings settings, Values values, Notes notes) {
    this.notes = notes;
    LiteLlmSettings.@Nullable Setting retries = settings.first("num_retries", "num_retries");
    this.path = retries == null ? "num_retries" : retries.path();
    this.given = retries == null ? null : number(values, retries);
    BigDecimal tried = given == null ? BigDecimal.valueOf(USUAL + 1) : given.add(BigDecimal.ONE);
    this.tries = tried.min(BigDecimal.valueOf(MOST)).intValue();
    if (tried.compareTo(BigDecimal.valueOf(MOST)) > 0) {
      notes.instead(path, given, MOST - 1, "at most " + (MOST - 1));
    }
  }

  private @Nullable BigDecimal number(Values values, LiteLlmSettings.Setting retries) {
    BigDecimal number = values.number(retries.path(), retries.value());
    if (number != null && number.signum() < 0) {
      notes.leftOut(retries.path(), retries.value(), "0 or more");
      return null;
    }
    return number == null ? null : number.setScale(0, RoundingMode.DOWN);
  }

  /**
   * Returns all targets of a model in the order in which they are tried after the first.
   *
   * @param own those of its group
   * @param fallbacks those of other groups
   */
  List<String> order(List<String> own, List<String> fallbacks) {
    int before = fallbacks.isEmpty() ? own.size() : Math.min(own.size(), MOST - 1);
    // Any own target may go first and the others follow it in this order: one place less then.
    int ahead = before < own.size() ? before - 1 : before;
    Set<String> all = new LinkedHashSet<>(own.subList(0, ahead));
    all.addAll(fallbacks);
    all.addAll(own.subList(ahead, own.size()));
    return new ArrayList<>(all);
  }

  /** Returns how many of a model's targets are tried, or null for Drover's own number. */
  @Nullable Integer most(String model, int own, int fallbacks) {
    if (own < tries) {
      notes.add(
          "%s: %s: each target is tried once for a request, so groups of fewer than %d targets get fewer tries"
              .formatted(
                  path, given == null ? USUAL + " by default" : given.toPlainString(), tries));
    }
    if (fallbacks == 0) {
      return given == null ? null : tries;
    }
    int before = Math.min(own, MOST - 1);
    if (own >= tries && before != tries) {
      notes.add(
          "models.%s.max_attempts: %d of its own targets are tried before a fallback, not %d"
              .formatted(model, before, tries));
    }
    if (own + fallbacks > MOST) {
      notes.add(
          "models.%s.max_attempts: %d targets, of which %d are tried at most for one request"
              .formatted(model, own + fallbacks, MOST));
    }
    return Math.min(MOST, own + fallbacks);
  }
}
