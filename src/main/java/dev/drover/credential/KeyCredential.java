package dev.drover.credential;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An API key in a variable or a file. */
final class KeyCredential extends ProviderCredential {
  private final Secret secret;
  private final AuthScheme scheme;
  private volatile @Nullable String rested;

  KeyCredential(Secret secret, AuthScheme scheme) {
    this.secret = secret;
    this.scheme = scheme;
  }

  @Override
  public @Nullable Credential current() {
    String value = secret.value();
    return value == null ? null : new ApiKey(value, scheme);
  }

  @Override
  public List<String> secrets() {
    String value = secret.value();
    return value == null ? List.of() : List.of(value);
  }

  @Override
  public Set<String> headers() {
    return Set.of(scheme.header());
  }

  /** Another key at the same place has not been rejected. */
  @Override
  boolean resting(long nowNanos) {
    String before = rested;
    if (before != null && !before.equals(secret.value())) {
      rested = null;
      wake();
    }
    return super.resting(nowNanos);
  }

  @Override
  void restUntil(long nanos) {
    rested = secret.value();
    super.restUntil(nanos);
  }

  @Override
  public String toString() {
    return secret.toString();
  }
}
