package dev.drover.credential;

import dev.drover.credential.cloud.Renewed;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A credential that a cloud issues for a time and that is renewed before its end. */
final class RenewedCredential<T> extends ProviderCredential {
  private final Renewed<T> renewed;
  private final Function<T, Credential> use;
  private final Function<T, List<String>> secrets;
  private final Set<String> headers;

  /**
   * @param use makes what authorizes requests
   * @param secrets tells which texts nobody may see
   * @param headers the request headers that it sets
   */
  RenewedCredential(
      Renewed<T> renewed,
      Function<T, Credential> use,
      Function<T, List<String>> secrets,
      Set<String> headers) {
    this.renewed = renewed;
    this.use = use;
    this.secrets = secrets;
    this.headers = headers;
  }

  @Override
  public @Nullable Credential current() {
    T value = renewed.value();
    return value == null ? null : use.apply(value);
  }

  @Override
  public List<String> secrets() {
    T value = renewed.value();
    return value == null ? List.of() : secrets.apply(value);
  }

  @Override
  public Set<String> headers() {
    return headers;
  }

  @Override
  public boolean renews() {
    return true;
  }

  @Override
  public double secondsLeft() {
    return renewed.secondsLeft();
  }

  @Override
  public double failingSeconds() {
    return renewed.failingSeconds();
  }

  @Override
  void rejected(@Nullable Instant theirs) {
    renewed.rejected(theirs);
  }

  @Override
  void close() {
    renewed.close();
  }

  @Override
  public String toString() {
    return renewed.toString();
  }
}
