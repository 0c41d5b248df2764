package dev.drover.dialect.anthropic;

import dev.drover.dialect.Operation;
import dev.drover.dialect.UpstreamRequest;
import java.util.Map;
import java.util.Set;

/**
 * Vertex AI with Anthropic's models. The base URL ends with {@code
 * /v1/projects/PROJECT/locations/LOCATION/publishers/anthropic}. Immutable.
 */
public final class VertexProvider extends HostedProvider {
  public VertexProvider() {
    super("vertex-2023-10-16", Set.of("model"));
  }

  @Override
  public String name() {
    return "vertex-anthropic";
  }

  @Override
  String messages(String model, boolean stream) {
    return "/models/" + model + (stream ? ":streamRawPredict" : ":rawPredict");
  }

  @Override
  public String path(Operation operation, String model, boolean stream) {
    return operation.generates() ? messages(model, stream) : "/models/count-tokens:rawPredict";
  }

  @Override
  public UpstreamRequest listModels(String basePath) {
    return new UpstreamRequest("GET", basePath + "/models", Map.of(), UpstreamRequest.UNCHANGED);
  }
}
