package dev.drover.migrate;

import dev.drover.migrate.LiteLlmAddresses.Address;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The providers of a config in the making: one for each address and key. Holds no secret: a key
 * that stands in the given file is left behind there. Confined to one file.
 */
final class ProviderEntries {
  private static final String VARIABLE = "[A-Za-z_][A-Za-z0-9_]*";

  private final Map<String, Object> all = new LinkedHashMap<>();
  private final Map<List<String>, String> names = new LinkedHashMap<>();
  private final Notes notes;

  ProviderEntries(Notes notes) {
    this.notes = notes;
  }

  /** Returns the providers as they stand in Drover's config. */
  Map<String, Object> all() {
    return all;
  }

  /** Returns the name of the provider of a deployment. */
  String name(String path, String provider, Address address, Map<String, Object> params) {
    String key = Trees.text(params.get("api_key")).strip();
    String variable = variable(path, key, provider, address.own());
    return names.computeIfAbsent(
        List.of(address.url(), key, variable),
        _ -> {
          String name = LiteLlmDeployments.unique(all.keySet(), LiteLlmDeployments.clean(provider));
          all.put(name, entry(address.url(), variable));
          return name;
        });
  }

  private static Map<String, Object> entry(String url, String variable) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("base_url", url);
    if (!variable.isEmpty()) {
      entry.put("credentials", List.of(Map.of("env", variable)));
    }
    return entry;
  }

  /**
   * Returns the environment variable that has the key of a deployment, or the empty text.
   *
   * @param own whether the provider is asked at its own address
   */
  private String variable(String path, String key, String provider, boolean own) {
    LiteLlmProviders.@Nullable Vendor vendor = LiteLlmProviders.find(provider);
    if (key.isEmpty() && vendor != null && !own) {
      notes.add(
          "%s.api_key: none given: none is sent; LiteLLM sends %s to any address"
              .formatted(path, vendor.keyVariable()));
    }
    if (key.isEmpty()) {
      return vendor == null || !own ? "" : vendor.keyVariable();
    }
    if (!key.startsWith(Values.ENV)) {
      notes.add(
          path
              + ".api_key: a secret in the file: put it where `credentials` can find it, by env or file");
      return "";
    }
    String name = key.substring(Values.ENV.length());
    if (!name.matches(VARIABLE)) {
      notes.leftOut(path + ".api_key", "a variable", "one whose name matches " + VARIABLE);
      return "";
    }
    return name;
  }
}
