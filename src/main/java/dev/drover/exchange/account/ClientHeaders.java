package dev.drover.exchange.account;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Provider;
import dev.drover.dialect.ClientApi;
import dev.drover.dialect.Dialects;
import dev.drover.message.Headers;
import dev.drover.routing.Ruleset;
import dev.drover.types.NamePatterns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells which headers of a client may reach a provider: those of its API, what HTTP and traces
 * need, and what the config lists. All others stay here: names of people, tokens of other systems
 * and addresses are nobody else's business.
 *
 * @param strip headers of the client that nobody else may see
 * @param forwarded headers that some providers get, with their values
 * @param ofApi headers that only providers of the client's API get, with their values
 * @param visible headers, with their values, by which a provider may answer otherwise
 * @param fits whether Drover's own headers have room beside those that stay
 */
public record ClientHeaders(
    Set<String> strip,
    Map<String, String> forwarded,
    Map<String, String> ofApi,
    Map<String, String> visible,
    boolean fits) {
  /** The beginning of headers in which client libraries count and time themselves. */
  private static final String DESCRIBES_CLIENT = "x-stainless-";

  private static final String USER_AGENT = "user-agent";

  /** Envoy takes 100 headers of 60 KiB in all, unless told otherwise. */
  private static final int MOST = 100;

  private static final int MOST_BYTES = 60 << 10;

  /** Room for what Drover and Envoy add at both levels, beside the headers of the config. */
  private static final int OWN = 24;

  private static final int OWN_BYTES = 4 << 10;

  /** The bytes that a header takes beside its name and value. */
  private static final int OVERHEAD = 4;

  /**
   * Headers of any client that stay: what describes the body, traces, and what Envoy itself reads
   * or logs and takes away where it can.
   */
  private static final NamePatterns USUAL =
      NamePatterns.of(
          Set.of(
              ":*",
              "accept",
              "content-length",
              "content-type",
              "host",
              "te",
              "traceparent",
              "tracestate",
              "transfer-encoding",
              USER_AGENT,
              "x-forwarded-for",
              "x-forwarded-proto",
              "x-request-id"));

  /** Credentials and account names in any API: no list in a config brings them to a provider. */
  private static final NamePatterns NEVER = NamePatterns.of(never());

  private static Set<String> never() {
    Set<String> names = new HashSet<>(Dialects.credentialHeaders());
    names.addAll(Set.of("accept-encoding", "x-drover-*", "x-envoy-*"));
    return names;
  }

  /** Sorts the headers of a request. */
  public static ClientHeaders of(Headers headers, ClientApi client, Ruleset ruleset) {
    NamePatterns ofApi = client.forwardedHeaders();
    NamePatterns listed = ruleset.catalog().forwardedHeaders();
    List<String> own = ruleset.callers().ownHeaders();
    Set<String> strip = new LinkedHashSet<>();
    Map<String, String> forwarded = new HashMap<>();
    Map<String, String> ofApiOnly = new HashMap<>();
    Map<String, String> visible = new HashMap<>();
    List<String> kept = new ArrayList<>();
    headers.names(
        "",
        name -> {
          boolean never = NEVER.has(name) || own.contains(name);
          boolean usual = !never && (USUAL.has(name) || ofApi.has(name));
          boolean some = !never && !usual && listed.has(name);
          if (some) {
            forwarded.put(name, headers.text(name));
          }
          if (usual && (ofApi.has(name) || name.equals(USER_AGENT))) {
            ofApiOnly.put(name, headers.text(name));
          }
          if (some || (usual && ofApi.has(name) && !name.startsWith(DESCRIBES_CLIENT))) {
            visible.put(name, headers.text(name));
          }
          if (usual || some) {
            kept.add(name);
          } else {
            strip.add(name);
          }
        });
    return new ClientHeaders(
        strip,
        Map.copyOf(forwarded),
        Map.copyOf(ofApiOnly),
        Map.copyOf(visible),
        fits(kept, headers, ruleset.catalog().providerHeaderRoom()));
  }

  /** Sorts the headers of a request that another Drover has sorted before. */
  public static ClientHeaders sorted(Headers headers, ClientApi client, Catalog catalog) {
    Map<String, String> forwarded = new HashMap<>();
    Map<String, String> ofApi = new HashMap<>();
    NamePatterns listed = catalog.forwardedHeaders();
    headers.names(
        "",
        name -> {
          boolean api = client.forwardedHeaders().has(name) || name.equals(USER_AGENT);
          if (!NEVER.has(name) && api) {
            ofApi.put(name, headers.text(name));
          } else if (!NEVER.has(name) && !USUAL.has(name) && listed.has(name)) {
            forwarded.put(name, headers.text(name));
          }
        });
    return new ClientHeaders(Set.of(), Map.copyOf(forwarded), Map.copyOf(ofApi), Map.of(), true);
  }

  private static boolean fits(List<String> kept, Headers headers, Provider.HeaderRoom config) {
    long bytes = (long) OWN_BYTES + config.bytes();
    for (String name : kept) {
      bytes += name.length() + OVERHEAD;
    }
    for (String name : Set.copyOf(kept)) {
      bytes += headers.valueBytes(name);
    }
    return kept.size() + OWN + config.headers() <= MOST && bytes <= MOST_BYTES;
  }
}
