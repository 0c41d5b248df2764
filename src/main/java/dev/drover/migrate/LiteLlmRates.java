package dev.drover.migrate;

import dev.drover.config.PriceList;
import dev.drover.config.schema.PriceConfig;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gives targets their prices: the file's, else those of the price list. Confined to one file. */
final class LiteLlmRates {
  private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);
  private static final Bounds BOUNDS = Bounds.of(PriceConfig.class, "input");

  /** The digits after the point that a price per million tokens is rounded to. */
  private static final int DIGITS = 12;

  private static final Map<String, String> RATES = rates();

  private final Values values;
  private final Notes notes;

  LiteLlmRates(Values values, Notes notes) {
    this.values = values;
    this.notes = notes;
  }

  private static Map<String, String> rates() {
    Map<String, String> rates = new LinkedHashMap<>();
    rates.put("input_cost_per_token", "input");
    rates.put("output_cost_per_token", "output");
    rates.put("cache_read_input_token_cost", "cached_input");
    rates.put("cache_creation_input_token_cost", "cache_write");
    rates.put("cache_creation_input_token_cost_above_1hr", "cache_write_1h");
    rates.put("output_cost_per_reasoning_token", "reasoning");
    return rates;
  }

  /** Returns the keys of a deployment that are read here. */
  static Set<String> keys() {
    return RATES.keySet();
  }

  /** Puts the price of a deployment into its target. */
  void add(
      String path,
      Map<String, Object> params,
      Map<String, Object> info,
      Map<String, Object> target,
      String kind) {
    Map<String, Object> price = new LinkedHashMap<>();
    RATES.forEach(
        (field, name) -> {
          Object given = params.get(field) == null ? info.get(field) : params.get(field);
          BigDecimal rate = rate(path + "." + field, given);
          if (rate != null) {
            price.put(name, rate);
          }
        });
    if (price.isEmpty()) {
      listed(path, info, target, kind);
      return;
    }
    PriceConfig list = PriceList.find(kind, Trees.text(target.get("model")), null);
    BigDecimal input = list == null ? BigDecimal.ZERO : list.input();
    BigDecimal output = list == null ? BigDecimal.ZERO : list.output();
    complete(path + ".input_cost_per_token", price, "input", input);
    complete(path + ".output_cost_per_token", price, "output", output);
    target.put("price", price);
  }

  /** Fills in a price that Drover wants and the file has not. */
  private void complete(String path, Map<String, Object> price, String name, BigDecimal usual) {
    if (price.putIfAbsent(name, usual) == null) {
      notes.instead(path, null, usual + " USD per million", "both prices, or none");
    }
  }

  /** Leaves the price to the list if that has it. */
  private void listed(
      String path, Map<String, Object> info, Map<String, Object> target, String kind) {
    String base = Trees.text(info.get("base_model")).replaceFirst("^[^/]*/", "");
    if (!base.isEmpty() && PriceList.find(kind, base, null) != null) {
      target.put("priced_as", base);
    } else if (PriceList.find(kind, Trees.text(target.get("model")), null) == null) {
      Map<String, Object> free = new LinkedHashMap<>();
      free.put("input", 0);
      free.put("output", 0);
      target.put("price", free);
      notes.add(
          "%s: no price for %s: 0, so budgets do not count it (expected: `price`, or `price_list` by `drover import prices`)"
              .formatted(path, Notes.shown(target.get("model"))));
    }
  }

  private @Nullable BigDecimal rate(String path, @Nullable Object value) {
    BigDecimal each = values.number(path, value);
    if (each == null) {
      return null;
    }
    BigDecimal rate = each.multiply(MILLION);
    if (rate.compareTo(BOUNDS.smallest()) < 0 || rate.compareTo(BOUNDS.largest()) > 0) {
      notes.leftOut(path, value, "USD a token, from 0 to 1");
      return null;
    }
    return Trees.plain(rate.setScale(DIGITS, RoundingMode.HALF_UP));
  }
}
