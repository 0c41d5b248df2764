package dev.drover.exchange;

import dev.drover.dialect.Dialect;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers that Drover writes itself, in the client's dialect. */
final class Replies {
  private static final Map<String, String> JSON = Map.of("content-type", "application/json");

  private Replies() {}

  static Outbound models(Call call) {
    return new Outbound.Immediate(
        200,
        JSON,
        call.dialect().modelList(call.ruleset().catalog().listedNames()),
        "drover_models");
  }

  static Outbound error(
      Dialect dialect,
      int status,
      String code,
      String message,
      @Nullable String param,
      Map<String, String> more) {
    Map<String, String> headers = new HashMap<>(JSON);
    headers.putAll(more);
    return new Outbound.Immediate(
        status, Map.copyOf(headers), dialect.error(status, code, message, param), "drover_" + code);
  }
}
