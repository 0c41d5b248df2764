package dev.drover.config.schema;

/** The memory that requests under way may take. */
public record MemoryConfig(
    @Key(
            doc =
                "The most that is held for requests under way: their bodies, and what is kept of their answers. A share of the heap, such as `50%`, or a size. Over a caller's share of it requests get 429, over the whole 503.",
            def = "50%",
            pattern = "([1-9]|[1-8][0-9]|90)%|[1-9][0-9]{0,8}(KiB|MiB|GiB)")
        String held) {
  /**
   * Returns the bound in bytes.
   *
   * @param heap the largest heap, in bytes
   */
  public long heldBytes(long heap) {
    if (held.endsWith("%")) {
      return heap / 100 * Long.parseLong(held.substring(0, held.length() - 1));
    }
    int unit = held.length() - 3;
    long amount = Long.parseLong(held.substring(0, unit));
    return switch (held.substring(unit)) {
      case "KiB" -> amount << 10;
      case "MiB" -> amount << 20;
      default -> amount << 30;
    };
  }
}
