package dev.drover.routing;

import dev.drover.record.Caller;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The origin of a request, as Envoy vouches for it. Immutable.
 *
 * @param caller the key or workload that makes the request
 * @param spiffeId the workload's identity, or an empty string
 * @param namespace the Kubernetes namespace in it, or an empty string
 * @param serviceAccount the Kubernetes service account in it, or an empty string
 * @param headers the client's headers, lower-case names; asked for only by policies that use them
 */
public record Origin(
    Caller caller,
    String spiffeId,
    String namespace,
    String serviceAccount,
    Supplier<Map<String, String>> headers) {
  /** The origin of a request of which nothing is known. */
  public static final Origin UNKNOWN = new Origin(Caller.ANONYMOUS, "", "", "", Map::of);

  private static final Pattern KUBERNETES = Pattern.compile("spiffe://[^/]+/ns/([^/]+)/sa/([^/]+)");

  /** The origin that a SPIFFE id names, or one of no identity when it is empty. */
  public static Origin of(String spiffeId, Supplier<Map<String, String>> headers) {
    Matcher m = KUBERNETES.matcher(spiffeId);
    return m.matches()
        ? new Origin(Caller.ANONYMOUS, spiffeId, m.group(1), m.group(2), headers)
        : new Origin(Caller.ANONYMOUS, spiffeId, "", "", headers);
  }

  /** Returns this origin with a known caller. */
  public Origin by(Caller known) {
    return new Origin(known, spiffeId, namespace, serviceAccount, headers);
  }
}
