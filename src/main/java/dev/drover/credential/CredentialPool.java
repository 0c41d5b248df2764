package dev.drover.credential;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The credentials of one provider. Requests take them in turn; one that was rejected or throttled
 * rests while the others serve. Thread-safe.
 */
public final class CredentialPool {
  private final List<ProviderCredential> members;
  private final AtomicInteger next = new AtomicInteger();

  public CredentialPool(List<? extends ProviderCredential> members) {
    this.members = List.copyOf(members);
  }

  /** The credentials, in the config's order; none when the provider wants none. */
  public List<ProviderCredential> all() {
    return members;
  }

  /** Returns the secrets that the credentials have now, which nobody may see. */
  public List<String> secrets() {
    return members.stream().flatMap(member -> member.secrets().stream()).toList();
  }

  /** Returns the names of the request headers that the credentials set. */
  public Set<String> headers() {
    Set<String> all = new LinkedHashSet<>();
    members.forEach(member -> all.addAll(member.headers()));
    return all;
  }

  /** Returns whether the provider has configured credentials, but there is none now. */
  public boolean unusable() {
    for (int i = 0; i < members.size(); i++) {
      if (members.get(i).current() != null) {
        return false;
      }
    }
    return !members.isEmpty();
  }

  /** Returns whether one of the credentials comes by itself. */
  public boolean renews() {
    for (int i = 0; i < members.size(); i++) {
      if (members.get(i).renews()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns the credential for the next attempt: each in turn of those that do not rest, or one
   * that rests when all do. Null when there is none.
   */
  public @Nullable ProviderCredential pick(long nowNanos) {
    int start = next.getAndUpdate(n -> n + 1 == Integer.MAX_VALUE ? 0 : n + 1);
    ProviderCredential resting = null;
    for (int i = 0; i < members.size(); i++) {
      ProviderCredential member = members.get((start + i) % members.size());
      if (member.current() == null) {
        continue;
      }
      if (!member.resting(nowNanos)) {
        return member;
      }
      resting = member;
    }
    return resting;
  }

  /**
   * Returns the credential at a place, which alone knows what was stored with it; where there is
   * none any more, the next one as {@link #pick(long)} does.
   *
   * @param place as {@link ProviderCredential#toString} has it; may be empty
   */
  public @Nullable ProviderCredential pick(String place, long nowNanos) {
    for (int i = 0; i < members.size() && !place.isEmpty(); i++) {
      if (members.get(i).toString().equals(place) && members.get(i).current() != null) {
        return members.get(i);
      }
    }
    return pick(nowNanos);
  }

  /**
   * Takes note that a provider rejected a credential.
   *
   * @param theirs the time of day by the provider, or null when it does not say
   */
  public void rejected(@Nullable ProviderCredential member, @Nullable Instant theirs) {
    if (member != null) {
      member.rejected(theirs);
    }
  }

  /**
   * Lets a credential rest, as long as another one can serve meanwhile.
   *
   * @return false when there is no other, so that the fault is the target's
   */
  public boolean setAside(@Nullable ProviderCredential member, long restNanos, long nowNanos) {
    boolean another =
        members.stream()
            .anyMatch(
                other ->
                    !other.equals(member) && other.current() != null && !other.resting(nowNanos));
    if (member == null || !another) {
      return false;
    }
    member.restUntil(nowNanos + restNanos);
    return true;
  }

  /** Returns the places of the credentials, separated by commas. Never contains their values. */
  @Override
  public String toString() {
    return members.stream().map(ProviderCredential::toString).collect(Collectors.joining(", "));
  }
}
