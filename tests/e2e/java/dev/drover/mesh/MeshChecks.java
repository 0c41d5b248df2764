package dev.drover.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.drover.json.Yaml;
import dev.drover.mesh.Mesh.Kind;
import dev.drover.record.ExchangeRecord;
import dev.drover.tools.fake.Behaviour;
import dev.drover.tools.fake.FakeProvider;
import dev.drover.tools.fake.FakeProvider.Received;
import dev.drover.tools.standin.TestDataPlane;
import dev.drover.types.Usage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The checks that must hold in each place of a mesh. */
@Tag("mesh")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class MeshChecks {
  private static final String CHAT = "/v1/chat/completions";
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  final Kind kind;
  final boolean fallbacks;
  private @Nullable Path folder;

  /** The mesh of the tests that leave everything as it was. */
  private @Nullable Mesh shared;

  Mesh mesh;

  MeshChecks(Kind kind, boolean fallbacks) {
    this.kind = kind;
    this.fallbacks = fallbacks;
  }

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    folder = temporary;
    assumeTrue(TestDataPlane.isEnvoy(), "no Envoy is here, and the stand-in is no mesh's proxy");
    shared = mesh("mesh", "", "30s");
  }

  @BeforeEach
  void forget() {
    mesh = Objects.requireNonNull(shared);
    mesh.first.forget();
    mesh.second.forget();
    mesh.records.clear();
  }

  private Mesh mesh(String name, String envoy, String timeout) throws Exception {
    return new Mesh(
        kind,
        Files.createDirectories(Objects.requireNonNull(folder).resolve(name)),
        (fallbacks ? "" : "filters: one, ") + envoy,
        timeout);
  }

  @AfterAll
  void stop() {
    if (shared != null) {
      shared.close();
    }
  }

  private HttpRequest.Builder request(String url, String host) {
    return HttpRequest.newBuilder(URI.create(url))
        .timeout(Duration.ofSeconds(60))
        .header("host", host);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder chat(String more) {
    return request(mesh.url() + CHAT, kind.host)
        .header("content-type", "application/json")
        .POST(BodyPublishers.ofString("{\"model\":\"chat\"," + more + MESSAGES));
  }

  private static final String MESSAGES =
      "\"messages\":[{\"role\":\"user\",\"content\":\"hello there\"}]}";

  private ExchangeRecord record() throws InterruptedException {
    ExchangeRecord record = mesh.records.poll(60, TimeUnit.SECONDS);
    return Objects.requireNonNull(record, "a record within 60 s");
  }

  /** Checks that a provider has seen its own name and key, and nothing of the proxies or others. */
  private static void seesOnlyItsOwn(FakeProvider provider, String host, String key) {
    assertThat(provider.received()).isNotEmpty();
    for (Received received : provider.received()) {
      assertThat(received.headers())
          .containsEntry("host", host)
          .containsEntry("authorization", "Bearer " + key)
          .doesNotContainKeys("x-forwarded-host", "x-forwarded-for", "x-forwarded-proto");
      assertThat(received.headers().keySet())
          .noneMatch(name -> name.startsWith("x-envoy-") || name.startsWith("x-drover-"));
      assertThat(received.headers().values()).noneMatch(value -> value.contains("example.com"));
    }
  }

  private static void isError(HttpResponse<String> response, int status) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("content-type").orElse(""))
        .as(response.body())
        .startsWith("application/json");
    Map<String, Object> error = Trees.map(Yaml.readMap(response.body()), "error");
    assertThat(Trees.text(error, "message")).isNotBlank();
  }

  @Test
  void chat_isAnsweredByTheCheapestTarget_andCounted() throws Exception {
    HttpResponse<String> response = send(chat(""));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.body()).contains("Hello from cheap-1");
    assertThat(response.headers().firstValue("x-drover-target")).contains("cheap");
    ExchangeRecord record = record();
    assertThat(record.usage().status()).isEqualTo(Usage.Status.COMPLETE);
    assertThat(record.usage().output()).isEqualTo(4);
    seesOnlyItsOwn(mesh.first, mesh.authority(mesh.first), Mesh.FIRST_KEY);
  }

  @Test
  void stream_isPassedOn_andCounted() throws Exception {
    HttpResponse<String> response = send(chat("\"stream\":true,"));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("data: [DONE]");
    assertThat(record().usage().status()).isEqualTo(Usage.Status.COMPLETE);
  }

  @Test
  void embeddingsAndModels_areAnswered() throws Exception {
    HttpResponse<String> embedding =
        send(
            request(mesh.url() + "/v1/embeddings", kind.host)
                .header("content-type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        "{\"model\":\"text-embedding-3-small\",\"input\":\"hello\"}")));
    assertThat(embedding.statusCode()).as(embedding.body()).isEqualTo(200);
    record();
    HttpResponse<String> models = send(request(mesh.url() + "/v1/models", kind.host));
    assertThat(models.statusCode()).isEqualTo(200);
    assertThat(models.body()).contains("\"chat\"", "text-embedding-3-small");
  }

  @ParameterizedTest
  @EnumSource(
      value = Behaviour.Kind.class,
      names = {"ERROR_500", "THROTTLED", "UNAUTHORIZED", "SILENT", "RESET"})
  void failure_fallsBackToTheOtherTarget_underItsOwnNameAndKey(Behaviour.Kind failure)
      throws Exception {
    String timeout = failure == Behaviour.Kind.SILENT ? "3s" : "30s";
    try (Mesh failing = mesh("failing-" + failure, "", timeout)) {
      mesh = failing;
      mesh.first.behave(Behaviour.always(failure));
      // With one filter only the first request is bound to meet the failure
      for (String more : fallbacks ? List.of("", "\"stream\":true,") : List.of("")) {
        fallsBack(send(chat(more)));
        record();
      }
    }
  }

  private void fallsBack(HttpResponse<String> response) {
    if (fallbacks) {
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      assertThat(response.body()).contains("dear-2");
      seesOnlyItsOwn(mesh.second, mesh.authority(mesh.second), Mesh.SECOND_KEY);
    } else {
      assertThat(response.statusCode()).as(response.body()).isGreaterThanOrEqualTo(400);
      isError(response, response.statusCode());
      assertThat(mesh.second.received()).isEmpty();
    }
  }

  @Test
  void headersThatOnlyDroverMaySet_areTakenFromClients() throws Exception {
    HttpResponse<String> response =
        send(
            chat("")
                .header("x-drover-plan", "drover|chat|dear@00000000")
                .header("x-drover-shadow", "drover-shadow|dear@00000000")
                .header("x-drover-exchange", "forged"));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("x-drover-target")).contains("cheap");
    assertThat(mesh.second.received()).isEmpty();
    record();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 40})
  void largeBodies_arrive(int mib) throws Exception {
    String words = "word ".repeat(mib * 1024 * 1024 / 5);
    HttpResponse<String> response =
        send(
            request(mesh.url() + CHAT, kind.host)
                .header("content-type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\""
                            + words
                            + "\"}]}")));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    record();
    assertThat(mesh.first.received().getLast().body().length()).isGreaterThan(mib * 1024 * 1024);
  }

  @Test
  void otherHostsAndPaths_areAsTheyWere() throws Exception {
    String untouched = mesh.startUntouched();
    for (String path : List.of("/", CHAT, "/other/path?a=b", "/elsewhere", "/v1/nobody/x")) {
      for (String host : List.of(kind.host, IstioBase.OTHER_HOST, "nobody.example.com")) {
        if (host.equals(kind.host) && path.equals(CHAT)) {
          continue;
        }
        assertThat(seen(send(post(mesh.url() + path, host))))
            .as(host + path)
            .isEqualTo(seen(send(post(untouched + path, host))));
      }
    }
    assertThat(mesh.records).isEmpty();
  }

  private HttpRequest.Builder post(String url, String host) {
    return request(url, host)
        .header("x-forwarded-host", "somewhere")
        .POST(BodyPublishers.ofString("{\"model\":\"chat\"," + MESSAGES));
  }

  private static String seen(HttpResponse<String> response) {
    String body = response.body().replaceAll("x-request-id: .*\n", "");
    return response.statusCode() + " " + response.headers().map().keySet() + "\n" + body;
  }

  @Test
  void policyOfTheProxy_holdsForDroversPathsToo() throws Exception {
    HttpResponse<String> refused = send(chat("").header(IstioBase.REFUSED_HEADER, "yes"));
    isError(refused, 403);
    assertThat(mesh.first.received()).isEmpty();
    HttpResponse<String> elsewhere =
        send(post(mesh.url() + "/x", IstioBase.OTHER_HOST).header(IstioBase.REFUSED_HEADER, "yes"));
    assertThat(elsewhere.statusCode()).isEqualTo(403);
    assertThat(elsewhere.headers().firstValue("content-type")).contains("text/plain");
  }

  @Test
  void withoutDrover_requestsAreRefusedInTheClientsShape() throws Exception {
    try (Mesh alone = mesh("alone", "", "30s")) {
      mesh = alone;
      mesh.server.close();
      isError(send(chat("")), 503);
      assertThat(mesh.first.received()).isEmpty();
    }
  }

  @Test
  void withoutDrover_passThroughReachesItsTargetUnchanged() throws Exception {
    try (Mesh passing =
        mesh("passing", "pass_through: cheap, pass_through_credentials: true, ", "30s")) {
      passing.server.close();
      HttpResponse<String> response =
          send(
              request(passing.url() + CHAT, kind.host)
                  .header("content-type", "application/json")
                  .header("authorization", "Bearer " + Mesh.FIRST_KEY)
                  .POST(BodyPublishers.ofString("{\"model\":\"cheap-1\"," + MESSAGES)));
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      // A rewrite of the Gateway API has no port
      String host = passing.authority(passing.first);
      seesOnlyItsOwn(
          passing.first,
          kind == Kind.ENVOY_GATEWAY ? host.replaceFirst(":.*", "") : host,
          Mesh.FIRST_KEY);
    }
  }
}
