package dev.drover.exchange;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Model;
import dev.drover.dialect.ClientApi;
import dev.drover.exchange.account.RequestContext;
import dev.drover.message.Outbound;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers that Drover writes itself, in the client's dialect. */
final class Replies {
  private static final Map<String, String> JSON = Map.of("content-type", "application/json");

  private Replies() {}

  static Outbound models(RequestContext request) {
    return new Outbound.ImmediateResponse(
        200, JSON, request.client().modelList(listed(request)), "drover_models");
  }

  /** The names that the caller may use. */
  private static List<String> listed(RequestContext request) {
    Catalog catalog = request.ruleset().catalog();
    return catalog.listedNames().stream()
        .filter(
            name -> {
              Model model = catalog.model(name);
              return model != null && request.origin().caller().mayUse(model.name());
            })
        .toList();
  }

  static Outbound error(
      ClientApi client,
      int status,
      String code,
      String message,
      @Nullable String param,
      Map<String, String> more) {
    Map<String, String> headers = new HashMap<>(JSON);
    headers.putAll(more);
    return new Outbound.ImmediateResponse(
        status, Map.copyOf(headers), client.error(status, code, message, param), "drover_" + code);
  }
}
