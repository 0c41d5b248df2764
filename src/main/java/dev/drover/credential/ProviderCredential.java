package dev.drover.credential;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A credential of a provider: an API key, or what a cloud issues for a time. Whichever was rejected
 * or throttled rests while others serve. Thread-safe; never prints a secret.
 */
public abstract class ProviderCredential {
  private volatile @Nullable Long restUntilNanos;

  /** Returns the credential as it is now, or null when there is none. Never blocks. */
  public abstract @Nullable Credential current();

  /** Returns the secrets that it has now, which nobody may see. */
  public abstract List<String> secrets();

  /** Returns the names of the request headers that it sets, in lower case. */
  public abstract Set<String> headers();

  /** Returns whether it comes by itself, without a change of files or variables. */
  public boolean renews() {
    return false;
  }

  /** Returns the seconds until it ends; positive infinity when it has no end. */
  public double secondsLeft() {
    return current() == null ? 0 : Double.POSITIVE_INFINITY;
  }

  /** Returns the seconds for which its renewal has failed; 0 when nothing is wrong with it. */
  public double failingSeconds() {
    return 0;
  }

  /**
   * Takes note that the provider rejected it.
   *
   * @param theirs the time of day by the provider, or null when it does not say
   */
  void rejected(@Nullable Instant theirs) {}

  /** Ends what renews it. */
  void close() {}

  /** Returns whether it still rests after it was rejected or throttled. */
  boolean resting(long nowNanos) {
    Long until = restUntilNanos;
    return until != null && until - nowNanos > 0;
  }

  /** Lets it rest; a longer rest stays in force. */
  void restUntil(long nanos) {
    Long until = restUntilNanos;
    if (until == null || nanos - until > 0) {
      restUntilNanos = nanos;
    }
  }

  /** Ends its rest. */
  void wake() {
    restUntilNanos = null;
  }

  /** Returns what it is and where it comes from, such as {@code env OPENAI_API_KEY}. */
  @Override
  public abstract String toString();
}
