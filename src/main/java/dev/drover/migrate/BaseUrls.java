package dev.drover.migrate;

import dev.drover.config.schema.KeySpec;
import dev.drover.config.schema.ProviderConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns addresses into base URLs that Drover accepts. The host stays the one that was given.
 * Confined to one file.
 */
final class BaseUrls {
  /** The path of an operation, which Drover adds itself. */
  private static final Pattern OPERATION =
      Pattern.compile("(/chat/completions|(?<=/v[0-9]{1,2})/(?:completions|embeddings))/?$");

  private static final Pattern ACCEPTED =
      KeySpec.of(ProviderConfig.class).stream()
          .filter(spec -> spec.name().equals("base_url"))
          .map(spec -> Pattern.compile(spec.key().pattern()))
          .findFirst()
          .orElseThrow();

  private final Notes notes;

  BaseUrls(Notes notes) {
    this.notes = notes;
  }

  /** Returns the base URL, or the empty text when Drover accepts no such address. */
  String of(String path, String address) {
    try {
      URI url = new URI(address.strip());
      boolean usable =
          url.getHost() != null
              && url.getScheme() != null
              && url.getRawQuery() == null
              && url.getRawFragment() == null
              && url.getPort() != 0
              && url.getPort() <= 65_535;
      return usable ? accepted(path, url) : "";
    } catch (URISyntaxException _) {
      return "";
    }
  }

  private String accepted(String path, URI url) {
    String port = url.getPort() < 0 ? "" : ":" + url.getPort();
    String scheme = url.getScheme().toLowerCase(Locale.ROOT);
    String base = scheme + "://" + url.getHost() + port + url.getRawPath();
    Matcher operation = OPERATION.matcher(base);
    String cut = operation.replaceFirst("");
    boolean ascii = cut.chars().allMatch(c -> c > ' ' && c < 0x7F);
    if (!ascii || !ACCEPTED.matcher(cut).matches() || OPERATION.matcher(cut).find()) {
      return "";
    }
    if (url.getRawUserInfo() != null) {
      notes.add(path + ": an address with a user in it: taken over without user and password");
    }
    if (!cut.equals(base)) {
      notes.add("%s: without %s, which Drover adds".formatted(path, base.substring(cut.length())));
    }
    return cut;
  }
}
