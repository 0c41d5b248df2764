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
  private static final String VERSION = "[A-Za-z0-9.-]+";
  static final String VARIABLE = "[A-Za-z_][A-Za-z0-9_]*";

  /** The kinds of the providers that are asked at their own address. */
  private static final Map<String, String> KINDS =
      Map.of(
          "openai", "openai",
          "deepseek", "deepseek",
          "mistral", "mistral",
          "groq", "groq",
          "together_ai", "together",
          "fireworks_ai", "fireworks",
          "openrouter", "openrouter",
          "xai", "xai",
          "moonshot", "moonshot");

  /** LiteLLM's names for versions of Azure's newer API, which needs none. */
  private static final Set<String> NEW_AZURE = Set.of("v1", "latest", "preview");

  private final Map<String, Object> all = new LinkedHashMap<>();
  private final Map<List<String>, String> names = new LinkedHashMap<>();
  private final Values values;
  private final Notes notes;

  ProviderEntries(Values values, Notes notes) {
    this.values = values;
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
    String given = Trees.text(values.resolved(params.get("api_version"))).strip();
    String version = given.matches(VERSION) ? given : "";
    boolean azure = provider.equals(LiteLlmProviders.AZURE);
    if (azure && !given.equals(version)) {
      notes.leftOut(path + ".api_version", given, "a version that stands in the file");
    }
    return names.computeIfAbsent(
        List.of(
            address.url(),
            key,
            variable,
            azure ? version : "",
            azure || provider.equals(LiteLlmProviders.ANTHROPIC) ? provider : ""),
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

  /** LiteLLM adds the version and the operation where an address ends in neither. */
  private static String anthropic(String url) {
    String base = url.replaceFirst("(?:/v1)?(?:/messages)?$", "");
    return base + "/v1";
  }

  /** Returns the kind of a provider; empty when it is none that is known. */
  String kind(String name) {
    return Trees.text(Trees.map(all.get(name)).get("kind"));
  }

  private static Map<String, Object> form(String provider, Address address, String version) {
    boolean bare = URI.create(address.url()).getRawPath().replace("/", "").isEmpty();
    String url = address.url().replaceFirst("/+$", "");
    if (provider.equals(LiteLlmProviders.ANTHROPIC)) {
      return address.own()
          ? Map.of("kind", provider)
          : Map.of("kind", provider, "base_url", anthropic(url));
    }
    if (!provider.equals(LiteLlmProviders.AZURE)) {
      String kind = KINDS.getOrDefault(provider, "");
      return address.own() && !kind.isEmpty()
          ? Map.of("kind", kind, "base_url", address.url())
          : Map.of("base_url", address.url());
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
    String usual =
        vendor != null
            ? vendor.keyVariable()
            : provider.equals(LiteLlmProviders.AZURE) ? "AZURE_API_KEY" : "";
    if (key.isEmpty() && !usual.isEmpty() && !own) {
      notes.add(
          "%s.api_key: none given: none is sent; LiteLLM sends %s to any address"
              .formatted(path, usual));
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
