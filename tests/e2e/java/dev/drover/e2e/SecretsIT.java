package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.admission.Callers;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.tools.fake.Behaviour;
import dev.drover.tools.fake.FakeProvider;
import dev.drover.tools.standin.DataPlane;
import dev.drover.tools.standin.Ports;
import dev.drover.tools.standin.TestDataPlane;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets, prompts and answers are planted everywhere, and looked for in all that Drover says. */
@Tag("data-plane")
class SecretsIT {
  private static final String CLIENT = "canary-client-key";
  private static final String PROVIDER = "sk-canary-provider-key";
  private static final String ADMIN = "canary-admin-token";
  private static final String HOOK = "canary-hook-secret";
  private static final String PROMPT = "canary-prompt";
  private static final String HEADER = "canary-header";

  /** How the fake provider begins each answer. */
  private static final String ANSWER = "Hello from";

  private static final String MADE_UP = "canary-model";

  @TempDir private Path folder;

  private void post(String url, String body) throws Exception {
    Http.send(
        Http.request(url + Http.CHAT)
            .header("authorization", "Bearer " + CLIENT)
            .header("x-private", HEADER)
            .header("x-drover-session", HEADER)
            .header("cookie", HEADER)
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  private static String prompt(String model, String more) {
    return "{\"model\":\"%s\",%s\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
        .formatted(model, more, PROMPT);
  }

  @Test
  void nothingSecret_isInAnythingThatDroverSays() throws Exception {
    SpanReceiver spans = new SpanReceiver();
    FakeProvider provider = new FakeProvider(PROVIDER, Behaviour.GOOD);
    int admin = Ports.free();
    Path config = folder.resolve("drover.yaml");
    Files.writeString(folder.resolve("provider.key"), PROVIDER);
    Files.writeString(folder.resolve("admin.key"), ADMIN);
    Files.writeString(folder.resolve("hook.url"), "http://127.0.0.1:1/" + HOOK);
    Files.writeString(
        config,
        """
        version: 1
        server: { listen: "127.0.0.1:%d", admin: "127.0.0.1:%d", access_log: true, state_dir: "DIR/state", admin_token: { file: "DIR/admin.key" } }
        envoy: { listen: "127.0.0.1:%d", admin: "127.0.0.1:0" }
        providers: { p: { base_url: "%s", credentials: [ { file: "DIR/provider.key" } ] } }
        targets: { cheap: { provider: p, model: cheap-1, price: { input: 1, output: 1 }, timeout: 3s } }
        health: { cool_down: 1ms, failures_in_row: 100, min_requests: 1000 }
        teams: { search: {} }
        keys: [ { id: alice, sha256: "%s", team: search, budgets: [ { limit_usd: 5 } ] } ]
        models: { chat: { targets: [cheap], cache: {} } }
        traces: { endpoint: "%s", headers: { x-receiver-key: { file: "DIR/hook.url" } } }
        alerts: { webhooks: { ops: { kind: slack, url_from: { file: "DIR/hook.url" } } }, rules: { key_rejected: { for: 0s } } }
        """
            .formatted(
                Ports.free(),
                admin,
                Ports.free(),
                provider.baseUrl(),
                Callers.sha256(CLIENT),
                spans.endpoint())
            .replace("DIR", folder.toString()));
    GatewayConfig loaded = Rig.load(config);
    DroverProcess drover = DroverProcess.serve(config, admin);
    Map<String, String> said = new LinkedHashMap<>();
    try (DataPlane envoy = TestDataPlane.chosen().start(loaded, folder)) {
      String url = "http://" + envoy.address();
      post(url, prompt("chat", ""));
      post(url, prompt("chat", "\"stream\":true,"));
      post(url, prompt("chat", "\"temperature\":0,"));
      post(url, prompt("chat", "\"temperature\":0,"));
      post(url, prompt(MADE_UP, ""));
      post(url, "{\"model\":\"chat\",\"messages\":\"" + PROMPT);
      List<Behaviour.Kind> kinds = new ArrayList<>(List.of(Behaviour.Kind.values()));
      kinds.remove(Behaviour.Kind.THROTTLED);
      kinds.add(Behaviour.Kind.THROTTLED); // after it the target rests
      for (Behaviour.Kind kind : kinds) {
        provider.behave(Behaviour.always(kind));
        post(url, prompt("chat", ""));
      }
      Http.send(
          Http.request(drover.admin() + "/targets/cheap/disable")
              .header("authorization", "Bearer " + ADMIN)
              .POST(BodyPublishers.noBody())
              .build());
      Thread.sleep(3_000); // the ledger, the alerts and the state file come after
      for (String page :
          List.of(
              "metrics",
              "config",
              "targets",
              "models",
              "rollouts",
              "budgets",
              "ledger",
              "alerts",
              "live")) {
        said.put("/" + page, Http.get(drover.admin() + "/" + page).body());
      }
      Matcher exchange = Pattern.compile("\"exchange\":\"([0-9a-f]+)\"").matcher(said.get("/live"));
      while (exchange.find()) {
        String page = "/exchanges/" + exchange.group(1);
        said.put(page, Http.get(drover.admin() + page).body());
      }
      for (Span span = spans.next(); spans.waiting() > 0; span = spans.next()) {
        said.put("span " + SpanReceiver.hex(span.getSpanId()), span.toString());
      }
    } finally {
      drover.stop();
      provider.close();
      spans.close();
    }
    said.put(
        "report", DroverProcess.run("report", config.toString(), "--group-by", "day,team,key"));
    said.put("the log", Files.readString(folder.resolve("log")));
    try (Stream<Path> files = Files.walk(folder.resolve("state"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        said.put(file.toString(), text(file));
      }
    }
    assertThat(said.get("/metrics")).contains("drover_exchanges_total{ending=\"complete\"");
    assertThat(said.get("the log")).contains("\"ending\":\"complete\"", "key_rejected");
    assertThat(said.keySet()).anyMatch(name -> name.endsWith("ledger.db"));
    assertThat(said.keySet()).filteredOn(name -> name.startsWith("span ")).hasSizeGreaterThan(15);
    assertThat(said.keySet())
        .filteredOn(name -> name.startsWith("/exchanges/"))
        .hasSizeGreaterThan(10);
    said.forEach(
        (where, text) ->
            assertThat(text)
                .as(where)
                .isNotEmpty()
                .doesNotContainIgnoringCase("canary")
                .doesNotContain(ANSWER));
  }

  private static String text(Path file) throws IOException {
    return Files.size(file) == 0
        ? "-"
        : new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
  }
}
