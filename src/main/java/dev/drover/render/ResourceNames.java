package dev.drover.render;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.CRC32;

/** Names the rendered resources. */
final class ResourceNames {
  private ResourceNames() {}

  /**
   * Returns a name of letters, digits and dashes, with a mark where that leaves something out.
   *
   * @param prefix what the names of all resources begin with
   * @param words what is shown of the thing
   * @param what what no other thing has
   */
  static String of(String prefix, String words, String what) {
    String plain =
        words.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    if (plain.equals(what)) {
      return prefix + "-" + plain;
    }
    CRC32 sum = new CRC32();
    sum.update(what.getBytes(StandardCharsets.UTF_8));
    return "%s-%s-%08x".formatted(prefix, plain, sum.getValue()).replaceAll("--+", "-");
  }
}
