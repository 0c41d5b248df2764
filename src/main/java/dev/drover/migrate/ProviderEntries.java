package dev.drover.migrate;

import dev.drover.migrate.LiteLlmAddresses.Address;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The providers of a config in the making: one for each address and key. Holds no secret: a key
 * that stands in the given file is left behind there. Confined to one file.
 */
final class ProviderEntries {
  static final String VARIABLE = "[A-Za-z_][A-Za-z0-9_]*";

  /** LiteLLM's names for versions of Azure's newer API, which needs none. */
  private static final Set<String> NEW_AZURE = Set.of("v1", "latest", "preview");

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
    String version = Trees.text(params.get("api_version")).strip();
    boolean azure = provider.equals(LiteLlmProviders.AZURE);
    return names.computeIfAbsent(
        List.of(address.url(), key, variable, azure ? version : "", azure ? provider : ""),
        _ -> {
          String name = LiteLlmDeployments.unique(all.keySet(), LiteLlmDeployments.clean(provider));
          all.put(name, entry(provider, address, variable, version));
          return name;
        });
  }

  /** Returns the name of a provider that is written already. */
  String name(String provider, Map<String, Object> entry) {
    return names.computeIfAbsent(
        List.of(entry.toString()),
        _ -> {
          String name = LiteLlmDeployments.unique(all.keySet(), LiteLlmDeployments.clean(provider));
          all.put(name, entry);
          return name;
        });
  }

  private static Map<String, Object> entry(
      String provider, Address address, String variable, String version) {
    Map<String, Object> entry = new LinkedHashMap<>(form(provider, address, version));
    if (!variable.isEmpty()) {
      entry.put("credentials", List.of(Map.of("env", variable)));
    }
    return entry;
  }

  private static Map<String, Object> form(String provider, Address address, String version) {
    boolean bare = URI.create(address.url()).getRawPath().replace("/", "").isEmpty();
    String url = address.url().replaceFirst("/+$", "");
    if (provider.equals(LiteLlmProviders.ANTHROPIC)) {
      return address.own()
          ? Map.of("kind", provider)
          : Map.of("kind", provider, "base_url", bare ? url + "/v1" : url);
    }
    if (!provider.equals(LiteLlmProviders.AZURE)) {
      return Map.of("base_url", address.url());
    }
    if (version.isEmpty() || NEW_AZURE.contains(version)) {
      return Map.of("kind", provider, "base_url", bare ? url + "/openai/v1" : url);
    }
    return Map.of(
        "kind",
        provider,
        "base_url",
        url,
        "dialect",
        "openai",
        "paths",
        Map.of("openai", "/openai/deployments/{model}"),
        "api_version",
        version);
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
