package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import dev.drover.tools.fake.Behaviour;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reloads, key rotation, draining, sockets, the admin pages. */
@Tag("data-plane")
class OperatingIT {
  @TempDir Path folder;
  private Rig rig;

  private void start(String yaml) throws Exception {
    rig = new Rig(folder, yaml);
  }

  private HttpResponse<String> chat() throws Exception {
    return Http.post(rig.url() + Http.CHAT, Http.chat("chat"));
  }

  private String admin(String path) throws IOException, InterruptedException {
    return Http.get("http://" + rig.server.adminAddress() + path).body();
  }

  private void awaitAdmin(String path, String text) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!admin(path).contains(text) && System.nanoTime() < deadline) {
      Thread.sleep(50);
    }
    assertThat(admin(path)).contains(text);
  }

  private void rewrite(String from, String to) throws IOException {
    Files.writeString(rig.config, Files.readString(rig.config).replace(from, to));
  }

  @Test
  void soundReload_isTakenUp_andABrokenOneLeavesTrafficOnTheOldRuleset() throws Exception {
    start(Rig.yaml());
    rewrite("aliases: [gpt-4o]", "aliases: [gpt-4o, newer]");
    awaitAdmin("/config", "\"ruleset_version\" : 2");
    assertThat(Http.post(rig.url() + Http.CHAT, Http.chat("newer")).statusCode()).isEqualTo(200);
    rig.record();

    rewrite("strategy: cost-optimal", "strategy: cheapest");
    awaitAdmin("/config", "models.chat.strategy");
    assertThat(admin("/metrics")).contains("drover_reload_failed 1.0");
    assertThat(chat().statusCode()).isEqualTo(200);
    rig.record();

    rewrite("strategy: cheapest", "strategy: priority");
    awaitAdmin("/config", "\"ruleset_version\" : 3");
    assertThat(admin("/metrics")).contains("drover_reload_failed 0.0");
    rig.close();
  }

  @Test
  void reloadThatEnvoyDoesNotKnow_isRefused_andSendsNoKeyToAStranger() throws Exception {
    start(Rig.yaml());
    rewrite("cheap: { provider: one", "cheap: { provider: two");
    awaitAdmin("/config", "render Envoy's config again");
    chat();
    rig.record();
    assertThat(rig.first.received().getFirst().headers())
        .containsEntry("authorization", "Bearer " + Rig.FIRST_KEY);
    rig.close();
  }

  private void prices(String... models) throws IOException {
    StringBuilder list = new StringBuilder("version: 1\nmodels:\n");
    for (String model : models) {
      list.append(
          "  %s: { price: { input: 9, output: 9 }, date: \"2026-11-20\", source: test }%n"
              .formatted(model));
    }
    Files.writeString(folder.resolve("prices.yaml"), list);
  }

  @Test
  void priceList_isTakenUp_butNotWhenItLostMostOfItsModels() throws Exception {
    prices("cheap-1", "b", "c", "d");
    start(
        Rig.yaml()
            .replace("price: { input: 0.14, output: 0.42 }, ", "")
            .replace("version: 1\n", "version: 1\nprice_list: FOLDER/prices.yaml\n"));
    assertThat(admin("/config")).contains("\"input\" : 9");
    prices("cheap-1");
    awaitAdmin("/config", "price_list: 1 models, where there were 4");
    prices("cheap-1", "b", "c");
    awaitAdmin("/config", "\"file_problems\" : [ ]");
    rig.close();
  }

  @Test
  void rotatedKey_isTakenUpWithoutARestart() throws Exception {
    start(Rig.yaml());
    Files.writeString(folder.resolve("first.key"), "sk-rotated");
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    String seen = "";
    while (!seen.equals("Bearer sk-rotated") && System.nanoTime() < deadline) {
      chat();
      rig.record();
      seen = rig.first.received().getLast().headers().get("authorization");
      Thread.sleep(200);
    }
    assertThat(seen).isEqualTo("Bearer sk-rotated");
    rig.close();
  }

  @Test
  void drain_letsAnExchangeFinish_evenIfItNeedsAnotherAttempt() throws Exception {
    start(Rig.yaml().replace("timeout: 3s", "timeout: 5s"));
    rig.first.behave(
        Behaviour.always(Behaviour.Kind.ERROR_500).withLatency(Duration.ofMillis(1800)));
    CompletableFuture<HttpResponse<String>> slow;
    try (HttpClient own = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      slow =
          own.sendAsync(
              Http.request(rig.url() + Http.CHAT)
                  .POST(BodyPublishers.ofString(Http.chat("chat")))
                  .build(),
              BodyHandlers.ofString());
      Thread.sleep(300);
      String ready = "http://" + rig.server.adminAddress() + "/health/ready";
      assertThat(Http.get(ready).statusCode()).isEqualTo(200);
      CompletableFuture<Void> drained =
          CompletableFuture.runAsync(
              () -> {
                try {
                  rig.server.drain();
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
              });
      Thread.sleep(200);
      assertThat(Http.get(ready).statusCode()).isEqualTo(503);
      assertThat(slow.get().statusCode()).isEqualTo(200);
      drained.get();
    }
    ExchangeRecord record = rig.record();
    assertThat(record.target()).isEqualTo("dear");
    assertThat(record.ending()).isEqualTo(Ending.COMPLETE);
    rig.close();
  }

  @Test
  void unixSocket_andOneFilter_doTheMainJobToo() throws Exception {
    start(
        Rig.yaml()
            .replace("listen: \"127.0.0.1:DROVER\"", "listen: \"unix:FOLDER/drover.sock\"")
            .replace("envoy: {", "envoy: { filters: one,"));
    HttpResponse<String> response = chat();
    assertThat(response.headers().firstValue("x-drover-target")).hasValue("cheap");
    assertThat(rig.record().usage().output()).isEqualTo(4);
    assertThat(rig.first.received().getFirst().headers())
        .containsEntry("authorization", "Bearer " + Rig.FIRST_KEY)
        .doesNotContainKey("x-drover-plan");

    rig.first.behave(Behaviour.always(Behaviour.Kind.ERROR_500));
    assertThat(chat().statusCode()).isEqualTo(500);
    assertThat(rig.record().attempts()).hasSize(1);
    rig.close();
    assertThat(folder.resolve("drover.sock")).doesNotExist();
  }

  @Test
  void droverGone_meansAClear503_orThePassThroughTarget() throws Exception {
    start(Rig.yaml());
    rig.server.close();
    HttpResponse<String> down = chat();
    assertThat(down.statusCode()).isEqualTo(503);
    assertThat(down.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(down.body()).contains("\"error\"", "\"proxy_503\"");
    rig.close();

    start(Rig.yaml().replace("envoy: {", "envoy: { pass_through: cheap,"));
    rig.server.close();
    assertThat(passedThrough().statusCode()).as("the client's key stays out").isEqualTo(401);
    assertThat(rig.first.received().getLast().headers())
        .doesNotContainKeys("authorization", "cookie", "x-api-key");
    rig.close();

    start(
        Rig.yaml()
            .replace("envoy: {", "envoy: { pass_through: cheap, pass_through_credentials: true,"));
    rig.server.close();
    HttpResponse<String> passed = passedThrough();
    assertThat(passed.statusCode()).isEqualTo(200);
    assertThat(passed.body()).contains("Hello from cheap-1");
    rig.close();
  }

  private HttpResponse<String> passedThrough() throws Exception {
    try (HttpClient own = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      return own.send(
          Http.request(rig.url() + Http.CHAT)
              .header("authorization", "Bearer " + Rig.FIRST_KEY)
              .header("x-api-key", "sk-drover-none")
              .header("cookie", "session=1")
              .POST(BodyPublishers.ofString(Http.chat("cheap-1")))
              .build(),
          BodyHandlers.ofString());
    }
  }

  @Test
  void adminPages_showStateAndNoSecrets() throws Exception {
    start(Rig.yaml());
    chat();
    rig.record();
    assertThat(admin("/health/live")).isEqualTo("live\n");
    assertThat(admin("/health/startup")).isEqualTo("started\n");
    assertThat(admin("/targets"))
        .contains("\"cheap\"", "\"breaker\" : \"closed\"", "\"success\" : 1", "\"p99\"");
    assertThat(admin("/metrics"))
        .contains("drover_exchanges_total", "drover_target_breaker{target=\"cheap\"} 0.0");
    for (String page :
        new String[] {"/config", "/targets", "/models", "/rollouts", "/metrics", "/"}) {
      assertThat(admin(page))
          .doesNotContain(Rig.FIRST_KEY)
          .doesNotContain(Rig.SECOND_KEY)
          .doesNotContain("hello there");
    }
    assertThat(Http.post("http://" + rig.server.adminAddress() + "/config", "{}").statusCode())
        .isEqualTo(405);
    rig.close();
  }
}
