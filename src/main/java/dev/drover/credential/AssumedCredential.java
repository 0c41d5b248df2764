package dev.drover.credential;

import java.util.List;
import java.util.Set;

/** A cloud's credential that counts as present, for commands that ask no cloud. */
final class AssumedCredential extends ProviderCredential {
  private final String name;

  AssumedCredential(String name) {
    this.name = name;
  }

  /** Leaves requests as they are: none is sent. */
  @Override
  public Credential current() {
    return (request, _, _) -> request;
  }

  @Override
  public List<String> secrets() {
    return List.of();
  }

  @Override
  public Set<String> headers() {
    return Set.of();
  }

  @Override
  public boolean renews() {
    return true;
  }

  @Override
  public String toString() {
    return name;
  }
}
