package dev.drover.exchange;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Model;
import dev.drover.catalog.Target;
import dev.drover.dialect.ClientApi;
import dev.drover.dialect.ModelInfo;
import dev.drover.exchange.account.RequestContext;
import dev.drover.message.Outbound;
import dev.drover.types.Bytes;
import dev.drover.types.Capability;
import dev.drover.types.Wire;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers that Drover writes itself, in the client's dialect. */
final class Replies {
  private static final int SHOWN_NAME = 100;
  private static final Map<String, String> JSON = Map.of("content-type", "application/json");

  private Replies() {}

  /** Answers an operation that needs no provider. */
  static Outbound answered(RequestContext request) {
    String wanted = request.variables().get("model");
    if (wanted == null) {
      return new Outbound.ImmediateResponse(
          200, JSON, request.client().modelList(listed(request)), "drover_models");
    }
    String name = URLDecoder.decode(wanted.replace("+", "%2B"), StandardCharsets.UTF_8);
    Model model = request.ruleset().catalog().model(name);
    return model == null || !request.origin().caller().mayUse(model.name())
        ? error(
            request.client(),
            404,
            "model_not_found",
            "model: \"%s\" (expected: a model listed at /v1/models)"
                .formatted(name.substring(0, Math.min(name.length(), SHOWN_NAME))),
            "model",
            Map.of())
        : new Outbound.ImmediateResponse(
            200, JSON, request.client().model(info(name, model)), "drover_models");
  }

  /** Gives an estimate of Drover's own, and says that it is one. */
  static Outbound estimate(RequestContext request, Bytes body) {
    Map<String, String> headers = new HashMap<>(JSON);
    headers.put(Wire.EXCHANGE_HEADER, request.id());
    headers.put("x-drover-estimated", "true");
    return new Outbound.ImmediateResponse(200, Map.copyOf(headers), body, "drover_estimate");
  }

  /** The names that the caller may use. */
  private static List<ModelInfo> listed(RequestContext request) {
    Catalog catalog = request.ruleset().catalog();
    List<ModelInfo> listed = new ArrayList<>();
    for (String name : catalog.listedNames()) {
      Model model = catalog.model(name);
      if (model != null && request.origin().caller().mayUse(model.name())) {
        listed.add(info(name, model));
      }
    }
    return listed;
  }

  private static ModelInfo info(String name, Model model) {
    return new ModelInfo(
        name,
        model.targets().stream().mapToInt(Target::contextWindow).max().orElse(0),
        model.targets().stream().anyMatch(target -> target.supports().contains(Capability.VISION)));
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
