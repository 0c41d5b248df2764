package dev.drover.migrate;

import dev.drover.json.Yaml;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
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
    for (Map.Entry<String, Map<?, ?>> entry : entries(json).entrySet()) {
      Map<?, ?> fields = entry.getValue();
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

  /**
   * Reads the models of the providers that Drover knows by name, under the names that targets have
   * for them, as the built-in list has them: one line each.
   *
   * @param source where the file is from
   * @throws java.io.UncheckedIOException when it is no JSON object
   */
  public static Migrated named(String json, String source, LocalDate date) {
    Map<String, Object> models = new TreeMap<>();
    for (Map.Entry<String, Map<?, ?>> entry : entries(json).entrySet()) {
      String name = NamedModels.name(entry.getKey(), entry.getValue(), date);
      if (name != null) {
        LiteLlmPrices prices = new LiteLlmPrices();
        Map<String, Integer> leftOut = new TreeMap<>();
        entry.getValue().forEach((k, value) -> prices.take(String.valueOf(k), value, leftOut));
        Object page = entry.getValue().get("source");
        String from =
            page == null ? source : page.toString().replaceFirst("\\?.*", "") + ", by " + source;
        Object model = prices.models(name, from, date).get(name);
        if (model != null) {
          models.put(name, model);
        }
      }
    }
    models.entrySet().removeIf(entry -> same(entry, models));
    StringBuilder text = new StringBuilder("version: 1\nmodels:\n");
    models.forEach(
        (name, model) ->
            text.append("  ")
                .append(Yaml.writeJsonLine(name))
                .append(": ")
                .append(Yaml.writeJsonLine(model))
                .append('\n'));
    return new Migrated(text.toString(), List.of(), false);
  }

  /** Returns whether a host's price of a model is that of its maker, which is looked up next. */
  private static boolean same(Map.Entry<String, Object> hosted, Map<String, Object> models) {
    int slash = hosted.getKey().indexOf('/');
    Object makers = models.get(hosted.getKey().substring(slash + 1));
    return slash > 0
        && makers instanceof Map<?, ?> maker
        && hosted.getValue() instanceof Map<?, ?> own
        && Objects.equals(maker.get("price"), own.get("price"));
  }

  private static Map<String, Map<?, ?>> entries(String json) {
    Map<String, Map<?, ?>> all = new TreeMap<>();
    Yaml.readJson(json)
        .forEach(
            (name, value) -> {
              if (!name.equals("sample_spec") && value instanceof Map<?, ?> fields) {
                all.put(name, fields);
              }
            });
    return all;
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
        .put(rate, plain(number(value).multiply(MILLION)));
  }

  /** Returns a number without zeros at its end that say nothing. */
  private static BigDecimal plain(BigDecimal value) {
    BigDecimal shortest = value.stripTrailingZeros();
    return shortest.scale() < 0 ? shortest.setScale(0) : shortest;
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
      if (price != null && service.getKey().isEmpty()) {
        served(price, regular);
      }
      if (price == null || name.isBlank() || !name.matches("[!-~]+")) {
        continue;
      }
      String suffix = service.getKey().isEmpty() ? "" : "@" + tier(service.getKey());
      Map<String, Object> model = new LinkedHashMap<>();
      model.put("price", price);
      model.put("date", date.toString());
      model.put("source", source);
      models.put(name + suffix, model);
    }
    return models;
  }

  private static String tier(String service) {
    return service.equals("batches") ? "batch" : service;
  }

  /** Adds the prices of requests that are served in other tiers than the usual one. */
  private void served(
      Map<String, Object> price, NavigableMap<Long, Map<String, BigDecimal>> regular) {
    Map<String, Object> all = new LinkedHashMap<>();
    tiers.forEach(
        (service, rates) -> {
          Map<String, Object> own = service.isEmpty() ? null : price(rates, regular);
          if (own != null) {
            all.put(tier(service), own);
          }
        });
    if (!all.isEmpty()) {
      price.put("service_tiers", all);
    }
  }

  /** A service tier's own rates, and the regular ones where it has none. */
  private static @Nullable Map<String, Object> price(
      NavigableMap<Long, Map<String, BigDecimal>> own,
      NavigableMap<Long, Map<String, BigDecimal>> regular) {
    Map<String, BigDecimal> base = new LinkedHashMap<>(regular.getOrDefault(0L, Map.of()));
    Map<String, BigDecimal> given = own.getOrDefault(0L, Map.of());
    if (given.containsKey("output")) {
      base.remove("reasoning"); // thoughts cost as output does, unless the tier says otherwise
    }
    base.putAll(given);
    if (!base.containsKey("input")
        || base.values().stream()
            .anyMatch(rate -> rate.signum() < 0 || rate.compareTo(DEAREST) > 0)) {
      return null;
    }
    base.putIfAbsent("output", BigDecimal.ZERO); // embeddings
    Map<String, Object> price = new LinkedHashMap<>(base);
    List<Object> longPrompts = new ArrayList<>();
    Map<String, BigDecimal> before = base;
    boolean ofItsOwn = !own.tailMap(1L).isEmpty();
    for (long above : (ofItsOwn ? own : regular).tailMap(1L).keySet()) {
      Map<String, BigDecimal> rates = new LinkedHashMap<>(before);
      if (ofItsOwn) {
        rates.putAll(own.getOrDefault(above, Map.of()));
      } else { // long prompts are never cheaper than the tier says
        regular.getOrDefault(above, Map.of()).forEach((k, v) -> rates.merge(k, v, BigDecimal::max));
      }
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
