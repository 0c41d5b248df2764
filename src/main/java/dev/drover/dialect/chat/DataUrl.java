package dev.drover.dialect.chat;

import dev.drover.dialect.chat.Part.MediaKind;
import dev.drover.json.Json;

/** Reads and writes media that stand in a URL: {@code data:image/png;base64,…}. */
public final class DataUrl {
  private static final String SCHEME = "data:";
  private static final String BASE64 = ";base64,";

  private DataUrl() {}

  /**
   * Returns what a URL holds or names.
   *
   * @param url a data URL, or one that is fetched; bare Base64 is taken for a PDF's
   */
  public static Part.Media media(
      MediaKind kind, String url, String name, String detail, Json cache) {
    int comma = url.startsWith(SCHEME) ? url.indexOf(BASE64) : -1;
    if (comma >= 0) {
      String type = url.substring(SCHEME.length(), comma);
      String data = url.substring(comma + BASE64.length());
      return new Part.Media(kind, type, data, null, null, name, detail, cache);
    }
    boolean fetched = url.contains("://") || kind == MediaKind.IMAGE;
    return fetched
        ? new Part.Media(kind, "", null, url, null, name, detail, cache)
        : new Part.Media(kind, "application/pdf", url, null, null, name, detail, cache);
  }

  /** Returns the URL of media: a data URL where the data is here. */
  public static String of(Part.Media media) {
    if (media.data() != null) {
      return SCHEME + media.mediaType() + BASE64 + media.data();
    }
    return media.url() == null ? "" : media.url();
  }
}
