package dev.drover.migrate;

import dev.drover.json.Yaml;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns LiteLLM's price file (USD per token, one object per model) into a price list. A model with
 * prices of its own for batch, priority or flex becomes several: {@code NAME@flex} and so on.
 */
public final class LiteLlmPrices {
  private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);
  private static final BigDecimal DEAREST = MILLION;
  private static final String ABOVE_1H = "_above_1hr";

  /** Rate, tier and service tier in the name of a field. */
  private static final Pattern FIELD =
      Pattern.compile(
          "(input_cost_per_token|output_cost_per_token|output_cost_per_reasoning_token|cache_read_input_token_cost|cache_creation_input_token_cost)("
              + ABOVE_1H
              + ")?(?:_above_([0-9]+)k_tokens)?(?:_(batches|priority|flex))?");

  private static final Map<String, String> RATES =
      Map.of(
          "input_cost_per_token",
          "input",
          "output_cost_per_token",
          "output",
          "output_cost_per_reasoning_token",
          "reasoning",
          "cache_read_input_token_cost",
          "cached_input",
          "cache_creation_input_token_cost",
          "cache_write",
          "cache_creation_input_token_cost" + ABOVE_1H,
          "cache_write_1h");

  /** The rates of one model: by service tier, then by prompt size. */
  private final Map<String, NavigableMap<Long, Map<String, BigDecimal>>> tiers = new TreeMap<>();

  private LiteLlmPrices() {}

  /**
   * Reads a price file.
   *
   * @param source where it is from
   * @throws java.io.UncheckedIOException when it is no JSON object
   */
  public static Migrated read(String json, String source, LocalDate date) {
    Map<String, Object> models = new LinkedHashMap<>();
    List<String> without = new ArrayList<>();
    Map<String, Integer> leftOut = new TreeMap<>();
    for (Map.Entry<String, Object> entry : new TreeMap<>(Yaml.readJson(json)).entrySet()) {
      if (entry.getKey().equals("sample_spec") || !(entry.getValue() instanceof Map<?, ?> fields)) {
        continue;
      }
      LiteLlmPrices prices = new LiteLlmPrices();
      fields.forEach((field, value) -> prices.take(String.valueOf(field), value, leftOut));
      Map<String, Object> found = prices.models(entry.getKey(), source, date);
      if (found.isEmpty()) {
        without.add(entry.getKey());
      }
      models.putAll(found);
    }
    Map<String, Object> list = new LinkedHashMap<>();
    list.put("version", 1);
    list.put("models", models);
    List<String> notes = new ArrayList<>();
    if (!without.isEmpty()) {
      notes.add(
          "%d models without prices by token are left out: %s"
              .formatted(without.size(), shortened(without)));
    }
    if (!leftOut.isEmpty()) {
      notes.add(
          "prices of other things are left out: "
              + leftOut.entrySet().stream()
                  .map(e -> e.getKey() + " (" + e.getValue() + " models)")
                  .collect(Collectors.joining(", ")));
    }
    return new Migrated(Yaml.write(list), notes, false);
  }

  private static String shortened(List<String> names) {
    return names.stream().limit(10).collect(Collectors.joining(", "))
        + (names.size() > 10 ? " and others" : "");
  }

  private void take(String field, @Nullable Object value, Map<String, Integer> leftOut) {
    Matcher matcher = FIELD.matcher(field);
    boolean number = value instanceof Number;
    if (!matcher.matches()) {
      if (number && field.contains("_cost") && number(value).signum() != 0) {
        leftOut.merge(field, 1, Integer::sum);
      }
      return;
    }
    String rate = RATES.get(matcher.group(1) + (matcher.group(2) == null ? "" : matcher.group(2)));
    if (!number || rate == null) {
      return;
    }
    String service = matcher.group(4) == null ? "" : matcher.group(4);
    long above = matcher.group(3) == null ? 0 : Long.parseLong(matcher.group(3)) * 1_000;
    tiers
        .computeIfAbsent(service, _ -> new TreeMap<>())
        .computeIfAbsent(above, _ -> new LinkedHashMap<>())
        .put(rate, number(value).multiply(MILLION).stripTrailingZeros());
  }

  private static BigDecimal number(@Nullable Object value) {
    return new BigDecimal(String.valueOf(value));
  }

  private Map<String, Object> models(String name, String source, LocalDate date) {
    Map<String, Object> models = new LinkedHashMap<>();
    NavigableMap<Long, Map<String, BigDecimal>> regular = tiers.getOrDefault("", new TreeMap<>());
    for (Map.Entry<String, NavigableMap<Long, Map<String, BigDecimal>>> service :
        tiers.entrySet()) {
      Map<String, Object> price = price(service.getValue(), regular);
      if (price == null || name.isBlank() || !name.matches("[!-~]+")) {
        continue;
      }
      String suffix =
          switch (service.getKey()) {
            case "" -> "";
            case "batches" -> "@batch";
            default -> "@" + service.getKey();
          };
      Map<String, Object> model = new LinkedHashMap<>();
      model.put("price", price);
      model.put("date", date.toString());
      model.put("source", source);
      models.put(name + suffix, model);
    }
    return models;
  }

  /** A service tier's own rates, and the regular ones where it has none. */
  private static @Nullable Map<String, Object> price(
      NavigableMap<Long, Map<String, BigDecimal>> own,
      NavigableMap<Long, Map<String, BigDecimal>> regular) {
    Map<String, BigDecimal> base = new LinkedHashMap<>(regular.getOrDefault(0L, Map.of()));
    base.putAll(own.getOrDefault(0L, Map.of()));
    if (!base.containsKey("input")
        || base.values().stream()
            .anyMatch(rate -> rate.signum() < 0 || rate.compareTo(DEAREST) > 0)) {
      return null;
    }
    base.putIfAbsent("output", BigDecimal.ZERO); // embeddings
    Map<String, Object> price = new LinkedHashMap<>(base);
    List<Object> longPrompts = new ArrayList<>();
    Map<String, BigDecimal> before = base;
    for (long above : own.tailMap(1L).keySet()) {
      Map<String, BigDecimal> rates = new LinkedHashMap<>(before);
      rates.putAll(own.getOrDefault(above, Map.of()));
      Map<String, Object> tier = new LinkedHashMap<>();
      tier.put("above_input_tokens", above);
      tier.putAll(rates);
      longPrompts.add(tier);
      before = rates;
    }
    if (!longPrompts.isEmpty()) {
      price.put("tiers", longPrompts);
    }
    return price;
  }
}
