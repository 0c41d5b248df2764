package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.app.Explanation;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.credential.Credentials;
import dev.drover.credential.Secrets;
import dev.drover.tools.fake.Behaviour;
import dev.drover.types.Bytes;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A decision explained, and the wishes that change it. */
class ExplainIT {
  @TempDir Path folder;

  private Explanation explain(String body, Map<String, String> headers) throws Exception {
    Path file = folder.resolve("drover.yaml");
    Files.writeString(
        file,
        Rig.yaml()
            .replace("FIRST", "http://one.example")
            .replace("SECOND", "http://two.example")
            .replace("DROVER", "9002")
            .replace("ENVOY", "8080")
            .replace("FOLDER", folder.toString()));
    GatewayConfig config = Rig.load(file);
    return Explanation.of(
        config,
        Credentials.offline(new Secrets(_ -> "key")),
        "/v1/chat/completions",
        Bytes.utf8(body),
        headers,
        null);
  }

  @Test
  void explanation_namesCandidatesPlanAndWhatWasLeftOut() throws Exception {
    Files.writeString(folder.resolve("first.key"), "k");
    Files.writeString(folder.resolve("second.key"), "k");
    String yaml = Http.chat("chat");
    Explanation plain = explain(yaml, Map.of());
    assertThat(plain.forwarded()).isTrue();
    assertThat(plain.text())
        .contains("strategy cost-optimal", "Tried in this order: cheap, then dear.");
    assertThat(plain.fields().get("cluster"))
        .asString()
        .matches("drover\\|chat\\|cheap@[0-9a-f]{8}\\|dear@[0-9a-f]{8}");

    Explanation capped = explain(yaml, Map.of("x-drover-max-cost-usd", "0.0005"));
    assertThat(capped.text())
        .contains("Left out: dear: over_cost_cap", "Tried in this order: cheap.");
    Explanation refused = explain(yaml, Map.of("x-drover-max-cost-usd", "0"));
    assertThat(refused.forwarded()).isFalse();
    assertThat(refused.text())
        .contains("refused with 400 no_suitable_target", "cheap: over_cost_cap");
    Explanation unknown = explain(Http.chat("nobody"), Map.of());
    assertThat(unknown.text()).contains("refused with 404");
  }

  @Test
  void wishesInHeaders_areHeardOrRefused() throws Exception {
    Rig rig = new Rig(folder);
    assertThat(send(rig, "x-drover-prefer", "dear").headers().firstValue("x-drover-target"))
        .hasValue("dear");
    assertThat(send(rig, "x-drover-strategy", "priority").statusCode()).isEqualTo(200);
    HttpResponse<String> cap = send(rig, "x-drover-max-cost-usd", "0");
    assertThat(cap.statusCode()).isEqualTo(400);
    assertThat(cap.body()).contains("over_cost_cap");
    for (String[] bad :
        new String[][] {{"x-drover-max-cost-usd", "cheap"}, {"x-drover-strategy", "cost-optmal"}}) {
      HttpResponse<String> response = send(rig, bad[0], bad[1]);
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(response.body()).contains(bad[0], "expected");
    }
    assertThat(rig.records()).hasSize(5);
    rig.close();
  }

  @Test
  void runningDrover_explainsWhatItWouldDoNow_andNeedsTheToken() throws Exception {
    Files.writeString(folder.resolve("admin.key"), "an-admin-token");
    Rig rig =
        new Rig(
            folder,
            Rig.yaml()
                .replace("drain: 5s", "drain: 5s, admin_token: { file: \"FOLDER/admin.key\" }")
                .replace("aliases: [gpt-4o]", "aliases: [gpt-4o], budgets: [ { limit_usd: 1 } ]"));
    String admin = "http://" + rig.server.adminAddress();
    Path request = Files.writeString(folder.resolve("request.json"), Http.chat("chat"));
    String[] command = {
      "explain", request.toString(), "--admin", admin, "--token-file", folder + "/admin.key"
    };
    assertThat(DroverProcess.run(command)).contains("Tried in this order: cheap, then dear.");
    for (int i = 0; i < 5; i++) { // five failures in a row open the breaker
      rig.first.behave(Behaviour.always(Behaviour.Kind.ERROR_500));
      send(rig, "x-a", "b");
      rig.record();
    }
    String budgets = Http.get(admin + "/budgets").body();
    assertThat(DroverProcess.run(command))
        .contains("Left out: cheap: breaker_open", "Tried in this order: dear.");
    assertThat(Http.get(admin + "/budgets").body()).isEqualTo(budgets);
    assertThat(Http.post(admin + "/explain", Http.chat("chat")).statusCode()).isEqualTo(401);
    assertThat(explained(admin, "?header=x", Http.chat("chat")))
        .startsWith("header: no NAME:VALUE");
    assertThat(explained(admin, "?task=x", Http.chat("chat")))
        .startsWith("task: unknown (expected");
    assertThat(explained(admin, "?path=/v1/nothing", "{}")).contains("\"code\" : \"not_found\"");
    assertThat(explained(admin, "?header=x-drover-prefer:dear", Http.chat("chat")))
        .contains("dear@");
    rig.close();
  }

  private static String explained(String admin, String query, String body) throws Exception {
    return Http.send(
            Http.request(admin + "/explain" + query)
                .header("authorization", "Bearer an-admin-token")
                .POST(BodyPublishers.ofString(body))
                .build())
        .body();
  }

  private static HttpResponse<String> send(Rig rig, String header, String value) throws Exception {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      return client.send(
          Http.request(rig.url() + Http.CHAT)
              .header(header, value)
              .POST(BodyPublishers.ofString(Http.chat("chat")))
              .build(),
          BodyHandlers.ofString());
    }
  }
}
