package dev.drover.migrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the address that a deployment's key and prompts go to. It is one that the file has, or that
 * of the provider that the file names. Confined to one file.
 */
final class LiteLlmAddresses {
  /**
   * An address, or the reason why there is none.
   *
   * @param url the base URL; empty when there is none
   * @param problem the reason; empty when there is an address
   * @param own whether the provider itself is there
   */
  record Address(String url, String problem, boolean own) {
    static Address none(String problem) {
      return new Address("", problem, false);
    }
  }

  private final Map<String, Object> general;
  private final Map<String, Object> variables;
  private final Values values;
  private final BaseUrls urls;

  /**
   * @param general the file's {@code litellm_settings}
   * @param variables the file's {@code environment_variables}
   */
  LiteLlmAddresses(
      Map<String, Object> general, Map<String, Object> variables, Values values, Notes notes) {
    this.general = general;
    this.variables = variables;
    this.values = values;
    this.urls = new BaseUrls(notes);
  }

  /** Returns the address of a deployment. */
  Address of(String path, Map<String, Object> params, String provider) {
    for (Map.Entry<String, Object> place : places(path, params, provider).entrySet()) {
      return LiteLlmProviders.compatibleAtHomeOnly(provider)
          ? Address.none(provider + " is known to speak OpenAI's dialect at its own address only")
          : given(place.getKey(), place.getValue());
    }
    LiteLlmProviders.Vendor vendor = LiteLlmProviders.find(provider);
    return vendor == null
        ? Address.none("no litellm_params.api_base")
        : new Address(vendor.baseUrl(), "", true);
  }

  private Address given(String path, Object value) {
    String text = Trees.text(values.resolved(value)).strip();
    if (text.startsWith(Values.ENV)) {
      return Address.none(
          "%s: %s (expected: an address that stands in the file)"
              .formatted(path, Notes.shown(text)));
    }
    String url = urls.of(path, text);
    return url.isEmpty()
        ? Address.none(
            "%s: unusable (expected: an address such as https://host/v1)".formatted(path))
        : new Address(url, "", false);
  }

  /** Returns the addresses that the file has for a deployment; the first one holds. */
  private Map<String, Object> places(String path, Map<String, Object> params, String provider) {
    Map<String, Object> places = new LinkedHashMap<>();
    add(places, path + ".api_base", params.get("api_base"));
    if (provider.equals("openai")) {
      add(places, "litellm_settings.api_base", general.get("api_base"));
    }
    for (String name : variableNames(provider)) {
      add(places, "environment_variables." + name, variables.get(name));
    }
    return places;
  }

  private static List<String> variableNames(String provider) {
    List<String> names = new ArrayList<>();
    for (String ending : List.of("_BASE_URL", "_API_BASE")) {
      names.add(provider.toUpperCase(Locale.ROOT) + ending);
    }
    return names;
  }

  private static void add(Map<String, Object> places, String path, @Nullable Object value) {
    if (value != null) {
      places.put(path, value);
    }
  }
}
