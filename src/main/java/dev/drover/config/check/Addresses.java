package dev.drover.config.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.config.bind.Problems;
import dev.drover.config.bind.Scalars;
import dev.drover.config.schema.DialectNames;
import dev.drover.config.schema.EnvoyConfig;
import dev.drover.config.schema.KeySpec;
import dev.drover.config.schema.ServerConfig;
import dev.drover.types.HostPort;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks addresses, and what would travel in headers: values that fit their pattern and still
 * cannot work.
 */
public final class Addresses {
  private static final Set<String> RESERVED =
      Set.of(
          "host",
          "content-length",
          "transfer-encoding",
          "connection",
          "authorization",
          "te",
          "upgrade");

  /** A base URL that was copied with the path of an operation. */
  private static final Pattern OPERATION =
      Pattern.compile("(/chat/completions|(?<=/v[0-9]{1,2})/(?:completions|embeddings))/?$");

  private final JsonNode root;
  private final Problems problems;

  Addresses(JsonNode root, Problems problems) {
    this.root = root;
    this.problems = problems;
  }

  /** Headers that the sender of spans sets itself. */
  private static final Set<String> OF_THE_SENDER =
      Set.of(
          "host",
          "content-length",
          "content-type",
          "content-encoding",
          "connection",
          "transfer-encoding",
          "upgrade",
          "expect");

  void check() {
    baseUrl("traces.endpoint", root.path("traces").path("endpoint"));
    for (Map.Entry<String, JsonNode> header : root.path("traces").path("headers").properties()) {
      if (OF_THE_SENDER.contains(header.getKey().toLowerCase(Locale.ROOT))) {
        problems.add(
            "traces.headers." + header.getKey(), "given", "a header that is not the sender's own");
      }
    }
    hostPort("server", "listen");
    hostPort("server", "admin");
    hostPort("envoy", "listen");
    hostPort("envoy", "admin");
    twoListeners("server", ServerConfig.class);
    twoListeners("envoy", EnvoyConfig.class);
    extProc(root.path("envoy").path("ext_proc"));
    exposed();
    sizes();
    clientNames();
    if (root.path("currencies").has("USD")) {
      problems.add("currencies.USD", "given", "other currencies only; USD is 1");
    }
    for (Map.Entry<String, JsonNode> provider : root.path("providers").properties()) {
      String path = "providers." + provider.getKey() + ".base_url";
      baseUrl(path, provider.getValue().path("base_url"));
      operation(path, provider.getValue().path("base_url").asText());
      dialects("providers." + provider.getKey(), provider.getValue());
      headers("providers." + provider.getKey() + ".headers", provider.getValue().path("headers"));
      String auth = provider.getValue().path("auth").asText("");
      if (!auth.isEmpty() && provider.getValue().path("headers").has(auth)) {
        problems.add(
            "providers." + provider.getKey() + ".headers." + auth,
            "given",
            "a header other than the one that `auth` fills");
      }
    }
  }

  /** A provider speaks at least one API, and has paths only for those that it speaks. */
  private void dialects(String path, JsonNode provider) {
    JsonNode dialect = provider.path("dialect");
    if (dialect.isArray() && dialect.isEmpty()) {
      problems.add(path + ".dialect", "empty", "at least one API");
    }
    Set<String> spoken = new TreeSet<>();
    if (dialect.isArray()) {
      dialect.forEach(each -> spoken.add(each.asText()));
    } else {
      spoken.add(dialect.asText(DialectNames.OPENAI));
    }
    for (Map.Entry<String, JsonNode> entry : provider.path("paths").properties()) {
      String at = path + ".paths." + entry.getKey();
      if (!spoken.contains(entry.getKey())) {
        problems.addText(at, entry.getKey(), "one of the provider's dialects, " + spoken);
      } else if (!entry.getValue().asText().matches("(/[^\\s?#]+)?")) {
        problems.addText(at, entry.getValue().asText(), "a path that begins with a slash");
      }
    }
  }

  private void hostPort(String section, String key) {
    hostPort(section + "." + key, root.path(section).path(key));
  }

  private void hostPort(String path, JsonNode value) {
    if (!value.isTextual() || value.textValue().startsWith("unix:") || problems.at(path)) {
      return;
    }
    try {
      HostPort.parse(value.textValue());
    } catch (IllegalArgumentException _) {
      problems.addText(path, value.textValue(), "host:port with a port of 0..65535");
    }
  }

  private void twoListeners(String section, Class<?> record) {
    String listen = root.path(section).path("listen").asText(KeySpec.fallback(record, "listen"));
    String admin = root.path(section).path("admin").asText(KeySpec.fallback(record, "admin"));
    if (admin.equals(listen) && !admin.endsWith(":0")) {
      problems.addText(section + ".admin", admin, "an address other than " + section + ".listen");
    }
  }

  private void extProc(JsonNode addresses) {
    for (int i = 0; i < addresses.size(); i++) {
      String path = "envoy.ext_proc[" + i + "]";
      hostPort(path, addresses.get(i));
      String text = addresses.get(i).asText();
      if (text.endsWith(":0")) {
        problems.addText(path, text, "a port of 1..65535");
      }
      for (int before = 0; before < i; before++) {
        if (addresses.get(before).asText().equals(text)) {
          problems.addText(path, text, "each address once");
        }
      }
      if (addresses.size() > 1 && addresses.get(i).asText().startsWith("unix:")) {
        problems.addText(path, addresses.get(i).asText(), "a Unix socket alone, or host:port");
      }
    }
  }

  /** A name such as {@code 127.evil.example} only looks like one. */
  private static final Pattern LOOPBACK =
      Pattern.compile("(127(\\.[0-9]{1,3}){3}|localhost|\\[::1]):[0-9]+");

  /** Returns whether an address can be reached from this machine only. */
  public static boolean local(String address) {
    return address.startsWith("unix:") || LOOPBACK.matcher(address).matches();
  }

  /**
   * Whoever reaches the port of the exchanges can play Envoy and be told provider keys; who reaches
   * the admin port sees who spends what.
   */
  private void exposed() {
    JsonNode server = root.path("server");
    String listen = server.path("listen").asText(KeySpec.fallback(ServerConfig.class, "listen"));
    boolean trusted = server.path("trusted_network").asBoolean();
    boolean guarded = server.path("tls").hasNonNull("client_ca") || trusted;
    String admin = server.path("admin").asText(KeySpec.fallback(ServerConfig.class, "admin"));
    boolean open = !local(admin) && !server.hasNonNull("admin_token") && !trusted;
    if (open && !problems.at("server.admin")) {
      problems.addText(
          "server.admin",
          admin,
          "a loopback address, else server.admin_token or server.trusted_network: true");
    }
    if (!local(listen) && !guarded && !problems.at("server.listen")) {
      problems.addText(
          "server.listen",
          listen,
          "a loopback address or a Unix socket, else server.tls.client_ca or server.trusted_network: true");
    }
  }

  /** Names of clients say nothing where clients show no certificate. */
  private void clientNames() {
    for (String key : List.of("tls", "admin_tls")) {
      JsonNode tls = root.path("server").path(key);
      if (!tls.path("client_names").isEmpty() && !tls.hasNonNull("client_ca")) {
        problems.add(
            "server." + key + ".client_names", "given without client_ca", "client_ca beside it");
      }
    }
  }

  private void sizes() {
    long message = size("server", "max_message", ServerConfig.class);
    long body = size("envoy", "max_body", EnvoyConfig.class);
    if (message <= body) {
      problems.add("server.max_message", message + "B", "more than envoy.max_body, " + body + "B");
    }
  }

  private long size(String section, String key, Class<?> record) {
    String fallback = KeySpec.fallback(record, key);
    String text = root.path(section).path(key).asText(fallback);
    return Scalars.size(text).or(() -> Scalars.size(fallback)).orElseThrow().bytes();
  }

  private void baseUrl(String path, JsonNode value) {
    if (!value.isTextual() || problems.at(path)) {
      return;
    }
    try {
      URI url = new URI(value.textValue());
      if (url.getHost() == null || url.getPort() > 65535 || url.getPort() == 0) {
        throw new URISyntaxException(value.textValue(), "no host or no such port");
      }
    } catch (URISyntaxException _) {
      problems.addText(
          path,
          value.textValue(),
          "a URL with a host name or address and, if any, a port of 1..65535");
    }
  }

  private void operation(String path, String url) {
    Matcher operation = OPERATION.matcher(url);
    if (operation.find() && !problems.at(path)) {
      problems.addText(path, url, "a URL without " + operation.group(1) + ", which is added");
    }
  }

  private void headers(String path, JsonNode headers) {
    for (Map.Entry<String, JsonNode> header : headers.properties()) {
      String name = header.getKey();
      if (RESERVED.contains(name) || name.startsWith("x-envoy-") || name.startsWith("x-drover-")) {
        problems.add(path + "." + name, "given", "a header that is not Envoy's or Drover's to set");
      }
      boolean printable = header.getValue().asText().chars().allMatch(c -> c >= ' ' && c != 0x7F);
      if (!printable) {
        problems.add(
            path + "." + name, "a value with control characters", "a header value on one line");
      }
    }
  }
}
