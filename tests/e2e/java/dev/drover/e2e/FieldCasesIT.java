package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.drover.record.ExchangeRecord;
import dev.drover.record.ExchangeRecord.AttemptRecord;
import dev.drover.types.Usage;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each answer of {@code tests/cases} through the data plane, and the record that it gives. */
@Tag("soak")
class FieldCasesIT {
  private static final String CONFIG =
      Rig.yaml()
          .replaceAll("(?s)targets:.*", "")
          .replace("FIRST", "PROVIDER")
          .concat(
              """
              targets:
                a:
                  provider: one
                  model: up-a
                  timeout: 30s
                  price: { input: 1, output: 2, cached_input: 0.1, cache_write: 1.25 }
              models:
                chat: { targets: [a] }
              """);

  @TempDir Path folder;
  private volatile JsonNode current;

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      byte[] body = current.path("body").asText().getBytes(StandardCharsets.UTF_8);
      if (current.has("type")) {
        exchange.getResponseHeaders().set("content-type", current.path("type").asText());
      }
      exchange.sendResponseHeaders(200, 0);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  @Test
  void answers_giveTheRecordsThatTheyShould() throws Exception {
    JsonNode cases =
        new ObjectMapper(new YAMLFactory()).readTree(Path.of("tests/cases/answers.yaml").toFile());
    HttpServer provider =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    provider.createContext("/", this::answer);
    provider.start();
    String url = "http://127.0.0.1:" + provider.getAddress().getPort() + "/v1";
    Rig rig = new Rig(folder, CONFIG.replace("PROVIDER", url));
    try {
      for (JsonNode each : cases) {
        play(rig, each);
      }
    } finally {
      rig.close();
      provider.stop(0);
    }
    assertThat(cases).hasSizeGreaterThan(25);
  }

  private void play(Rig rig, JsonNode each) throws Exception {
    String name = each.path("case").asText();
    current = each;
    String request = each.path("stream").asBoolean() ? Http.stream("chat") : Http.chat("chat");
    var response = Http.post(rig.url() + Http.CHAT, request);
    assertThat(response.statusCode()).as(name).isEqualTo(200);
    if (each.has("hidden")) {
      assertThat(response.body()).as(name).doesNotContain(each.path("hidden").asText());
    }
    Map<String, String> seen = seen(rig.record());
    each.path("expect")
        .properties()
        .forEach(
            field ->
                assertThat(seen.get(field.getKey()))
                    .as("%s: %s", name, field.getKey())
                    .isEqualTo(field.getValue().asText()));
  }

  private static Map<String, String> seen(ExchangeRecord exchange) {
    Usage usage = exchange.usage();
    AttemptRecord attempt = exchange.attempts().getLast();
    Map<String, String> seen = new HashMap<>();
    seen.put("usage", usage.status().label());
    seen.put("input", Long.toString(usage.input()));
    seen.put("cached", Long.toString(usage.cachedInput()));
    seen.put("written", Long.toString(usage.cacheWrite5m() + usage.cacheWrite1h()));
    seen.put("output", Long.toString(usage.output()));
    seen.put("reasoning", Long.toString(usage.reasoning()));
    seen.put("cost_usd", exchange.cost().toUsd().stripTrailingZeros().toPlainString());
    seen.put("code", Objects.requireNonNullElse(exchange.code(), ""));
    seen.put("outcome", attempt.outcome().label());
    return seen;
  }
}
