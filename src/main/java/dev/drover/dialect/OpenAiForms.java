package dev.drover.dialect;

import dev.drover.json.JsonOut;
import dev.drover.types.Bytes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The forms that all of OpenAI's APIs share: errors, models, limits. */
public final class OpenAiForms {
  private OpenAiForms() {}

  /** Returns an error. */
  public static Bytes error(int status, String code, String message, @Nullable String param) {
    String type =
        switch (status) {
          case 400, 404, 405, 413, 415 -> "invalid_request_error";
          case 401 -> "authentication_error";
          case 403 -> "permission_error";
          case 429 -> "rate_limit_error";
          default -> "server_error";
        };
    return JsonOut.object(
        out ->
            out.object(
                "error",
                error -> {
                  error.put("message", message).put("type", type);
                  if (param == null) {
                    error.putNull("param");
                  } else {
                    error.put("param", param);
                  }
                  error.put("code", code);
                }));
  }

  /** Returns the list of models. */
  public static Bytes modelList(List<ModelInfo> models) {
    return JsonOut.object(
        out -> {
          out.put("object", "list");
          out.array("data", data -> models.forEach(model -> data.add(m -> model(m, model))));
        });
  }

  /** Returns one model. */
  public static Bytes model(ModelInfo model) {
    return JsonOut.object(out -> model(out, model));
  }

  private static void model(JsonOut out, ModelInfo model) {
    out.put("id", model.name()).put("object", "model").put("created", 0L);
    out.put("owned_by", "drover");
    if (model.contextWindow() > 0) {
      out.put("context_window", (long) model.contextWindow());
    }
  }

  /** Returns the response headers that tell a client what is left of its rate limits. */
  public static Map<String, String> limitHeaders(List<RateLimit> limits) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (RateLimit limit : limits) {
      headers.put("x-ratelimit-limit-" + limit.unit(), Long.toString(limit.limit()));
      headers.put("x-ratelimit-remaining-" + limit.unit(), Long.toString(limit.remaining()));
      headers.put("x-ratelimit-reset-" + limit.unit(), limit.resetSeconds() + "s");
    }
    return headers;
  }
}
