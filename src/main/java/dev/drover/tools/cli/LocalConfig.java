package dev.drover.tools.cli;

import dev.drover.admission.Callers;
import dev.drover.json.Yaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Somebody's config with all that is outside this machine replaced by what is on it. */
final class LocalConfig {
  private final Map<String, Object> config;

  /**
   * @param yaml a sound config
   */
  LocalConfig(String yaml) {
    config = new LinkedHashMap<>(Yaml.readMap(yaml));
    for (String outside : new String[] {"redis", "traces", "alerts"}) {
      config.remove(outside);
    }
    if (config.get("price_list") instanceof String list) {
      config.put("price_list", Path.of(list).toAbsolutePath().toString());
    }
    section("ledger").keySet().removeIf(key -> !key.equals("retention_days"));
  }

  /**
   * Sets the listen addresses of Drover and the data plane, and Drover's state directory and token
   * file.
   */
  void place(String listen, int port, String stateDir, String tokenFile) {
    Map<String, Object> server = section("server");
    for (String elsewhere : new String[] {"tls", "xds", "trusted_network", "admin_read_only"}) {
      server.remove(elsewhere);
    }
    server.put("listen", listen);
    server.put("admin", "127.0.0.1:0");
    server.put("admin_token", Map.of("file", tokenFile));
    server.put("state_dir", stateDir);
    Map<String, Object> envoy = section("envoy");
    for (String elsewhere : new String[] {"ext_proc", "ext_proc_tls", "trusted_ca"}) {
      envoy.remove(elsewhere);
    }
    envoy.put("listen", "127.0.0.1:" + port);
    envoy.put("admin", "127.0.0.1:0");
  }

  /**
   * Puts another one in each provider's place.
   *
   * @param baseUrl of the other, by the provider's name
   */
  void providers(Function<String, String> baseUrl, String keyFile) {
    Map<String, Object> providers = section("providers");
    for (String name : providers.keySet()) {
      Map<String, Object> provider = section(providers, name);
      provider.put("base_url", baseUrl.apply(name));
      if (provider.containsKey("credentials")) {
        provider.put("credentials", List.of(Map.of("file", keyFile)));
      }
    }
  }

  /** Adds a key of no team, whose id begins with {@code id}: for who has no other. */
  void key(String id, String secret) {
    List<Object> keys = new ArrayList<>(list("keys"));
    Set<String> ids =
        Stream.concat(keys.stream(), list("workloads").stream())
            .map(caller -> String.valueOf(((Map<?, ?>) caller).get("id")))
            .collect(Collectors.toSet());
    String free = id;
    while (ids.contains(free)) {
      free += "-";
    }
    keys.add(Map.of("id", free, "sha256", Callers.sha256(secret)));
    config.put("keys", keys);
  }

  private List<?> list(String name) {
    return config.get(name) instanceof List<?> list ? list : List.of();
  }

  String yaml() {
    return Yaml.write(config);
  }

  private Map<String, Object> section(String name) {
    return section(config, name);
  }

  /** A section, to be changed; made when it is not there. */
  @SuppressWarnings("unchecked") // a sound config has mappings there
  private static Map<String, Object> section(Map<String, Object> of, String name) {
    Map<String, Object> section =
        new LinkedHashMap<>((Map<String, Object>) of.getOrDefault(name, Map.of()));
    of.put(name, section);
    return section;
  }
}
