package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.HttpResponseFor;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import dev.drover.record.Outcome;
import dev.drover.tools.fake.Behaviour;
import dev.drover.tools.fake.FakeProvider.Received;
import dev.drover.tools.standin.TestDataPlane;
import dev.drover.types.Usage;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The main job, end to end. */
@Tag("data-plane")
class MainJobIT {
  @TempDir Path folder;
  Rig rig;
  OpenAIClient client;

  TestDataPlane dataPlane() {
    return TestDataPlane.chosen();
  }

  @BeforeEach
  void start() throws Exception {
    rig = new Rig(folder, dataPlane());
    client =
        OpenAIOkHttpClient.builder()
            .baseUrl(rig.url() + "/v1")
            .apiKey("sk-of-the-client")
            .maxRetries(0)
            .timeout(Duration.ofSeconds(20))
            .build();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    rig.close();
  }

  private static ChatCompletionCreateParams params(String model) {
    return ChatCompletionCreateParams.builder().model(model).addUserMessage("hello there").build();
  }

  @Test
  void chat_isAnsweredByTheCheapestTarget_andCounted() throws Exception {
    try (HttpResponseFor<ChatCompletion> raw =
        client.withRawResponse().chat().completions().create(params("gpt-4o"))) {
      ChatCompletion completion = raw.parse();

      assertThat(completion.choices().getFirst().message().content())
          .contains("Hello from cheap-1");
      assertThat(raw.headers().values("x-drover-target")).containsExactly("cheap");
      assertThat(raw.headers().values("x-drover-model")).containsExactly("cheap-1");
      assertThat(raw.headers().values("x-drover-attempts")).containsExactly("1");
    }
    ExchangeRecord record = rig.record();
    assertThat(record.ending()).isEqualTo(Ending.COMPLETE);
    assertThat(record.asked().model()).isEqualTo("chat");
    assertThat(record.usage().status()).isEqualTo(Usage.Status.COMPLETE);
    assertThat(record.usage().output()).isEqualTo(4);
    assertThat(record.cost().value()).isEqualTo(record.usage().input() * 140 + 4 * 420);
  }

  @Test
  void provider_seesItsOwnCredentialModelAndHeaders_andNothingOfDrover() throws Exception {
    client.chat().completions().create(params("gpt-4o"));
    rig.record();

    Received received = rig.first.received().getFirst();
    assertThat(received.path()).isEqualTo("/v1/chat/completions");
    assertThat(received.body().text()).contains("\"model\":\"cheap-1\"");
    assertThat(received.headers())
        .containsEntry("authorization", "Bearer " + Rig.FIRST_KEY)
        .containsEntry("x-one", "1");
    assertThat(received.headers().get("host")).doesNotContain(rig.dataPlane.address().toString());
    assertThat(received.headers().keySet())
        .noneMatch(name -> name.startsWith("x-drover-") || name.startsWith("x-envoy-"))
        .doesNotContain("x-forwarded-for", "accept-encoding");
  }

  @Test
  void stream_reachesTheClientWithoutTheUsageItDidNotAskFor() throws Exception {
    int usageChunks = 0;
    StringBuilder text = new StringBuilder();
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(params("gpt-4o"))) {
      for (ChatCompletionChunk chunk : (Iterable<ChatCompletionChunk>) stream.stream()::iterator) {
        usageChunks += chunk.usage().isPresent() ? 1 : 0;
        chunk.choices().forEach(choice -> choice.delta().content().ifPresent(text::append));
      }
    }

    assertThat(text.toString()).isEqualTo("word word word word word ");
    assertThat(usageChunks).isZero();
    assertThat(rig.first.received().getFirst().body().text()).contains("\"include_usage\":true");
    ExchangeRecord record = rig.record();
    assertThat(record.usage().status()).isEqualTo(Usage.Status.COMPLETE);
    assertThat(record.usage().output()).isEqualTo(5);
    assertThat(record.timing().firstByteNanos()).isPositive();
  }

  @Test
  void gzipEncodedStream_isReadAndRewritten() throws Exception {
    rig.first.behave(Behaviour.GOOD.withGzip());
    HttpResponse<String> response = Http.post(rig.url() + Http.CHAT, Http.stream("chat"));

    assertThat(response.headers().firstValue("content-encoding")).isEmpty();
    assertThat(response.body()).contains("data: [DONE]").doesNotContain("\"usage\"");
    assertThat(rig.record().usage().output()).isEqualTo(5);
  }

  @Test
  void embeddings_areRoutedAndCounted() throws Exception {
    CreateEmbeddingResponse response =
        client
            .embeddings()
            .create(
                EmbeddingCreateParams.builder()
                    .model("text-embedding-3-small")
                    .input("some text")
                    .build());

    assertThat(response.data()).hasSize(1);
    ExchangeRecord record = rig.record();
    assertThat(record.asked().operation()).isEqualTo("embeddings");
    assertThat(record.usage().output()).isZero();
    assertThat(record.usage().input()).isPositive();
  }

  @Test
  void models_areListedFromTheConfig() {
    assertThat(client.models().list().items())
        .extracting(model -> model.id())
        .containsExactlyInAnyOrder("chat", "gpt-4o", "text-embedding-3-small");
  }

  @Test
  void unknownModel_isAnErrorThatTheClientUnderstands() throws Exception {
    assertThatThrownBy(() -> client.chat().completions().create(params("chatt")))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("did you mean \"chat\"?");
    ExchangeRecord record = rig.record();
    assertThat(record.ending()).isEqualTo(Ending.REFUSED);
    assertThat(record.code()).isEqualTo("model_not_found");
  }

  @ParameterizedTest
  @EnumSource(
      value = Behaviour.Kind.class,
      names = {"ERROR_500", "THROTTLED", "SILENT", "RESET", "UNAUTHORIZED", "MODEL_GONE"})
  void failingFirstTarget_isAnsweredByTheSecond(Behaviour.Kind kind) throws Exception {
    rig.first.behave(Behaviour.always(kind));
    HttpResponse<String> response = Http.post(rig.url() + Http.CHAT, Http.chat("chat"));

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("x-drover-target")).hasValue("dear");
    assertThat(response.headers().firstValue("x-drover-attempts")).hasValue("2");
    Received received = rig.second.received().getFirst();
    assertThat(received.body().text()).isEqualTo(Http.chat("dear-2"));
    assertThat(received.headers())
        .containsEntry("authorization", "Bearer " + Rig.SECOND_KEY)
        .containsEntry("content-length", Integer.toString(Http.chat("dear-2").length()))
        .doesNotContainKey("x-one");
    ExchangeRecord record = rig.record();
    assertThat(record.attempts())
        .extracting(ExchangeRecord.AttemptRecord::target)
        .containsExactly("cheap", "dear");
    assertThat(record.target()).isEqualTo("dear");
    assertThat(record.usage().output()).isEqualTo(4);
    Outcome expected =
        switch (kind) {
          case THROTTLED -> Outcome.THROTTLED;
          case SILENT -> Outcome.TIMEOUT;
          case UNAUTHORIZED -> Outcome.CREDENTIAL_REJECTED;
          case MODEL_GONE -> Outcome.CALLER_FAULT;
          default -> Outcome.FAILURE;
        };
    assertThat(record.attempts().getFirst().outcome()).isEqualTo(expected);
    assertThat(rig.health("cheap").count(expected)).isEqualTo(1);
    assertThat(rig.health("dear").count(Outcome.SUCCESS)).isEqualTo(1);
  }

  @Test
  void throttledTarget_restsAsLongAsItAsks() throws Exception {
    rig.first.behave(Behaviour.always(Behaviour.Kind.THROTTLED));
    Http.post(rig.url() + Http.CHAT, Http.chat("chat"));
    rig.record();
    HttpResponse<String> next = Http.post(rig.url() + Http.CHAT, Http.chat("chat"));

    assertThat(next.headers().firstValue("x-drover-target")).hasValue("dear");
    assertThat(rig.record().attempts()).hasSize(1);
    assertThat(rig.health("cheap").breaker().failedShare(System.nanoTime())).isZero();
  }

  @Test
  void allTargetsFail_theLastErrorReachesTheClient() throws Exception {
    rig.first.behave(Behaviour.always(Behaviour.Kind.ERROR_500));
    rig.second.behave(Behaviour.always(Behaviour.Kind.ERROR_500));
    HttpResponse<String> response = Http.post(rig.url() + Http.CHAT, Http.chat("chat"));

    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).contains("fake provider: server_error");
    ExchangeRecord record = rig.record();
    assertThat(record.ending()).isEqualTo(Ending.FAILED);
    assertThat(record.attempts()).hasSize(2);
    assertThat(record.cost().value()).isZero();
  }

  @Test
  void fifthFailureInARow_opensTheBreaker() throws Exception {
    rig.first.behave(Behaviour.always(Behaviour.Kind.ERROR_500));
    for (int i = 0; i < 5; i++) {
      Http.post(rig.url() + Http.CHAT, Http.chat("chat"));
      assertThat(rig.record().attempts()).hasSize(2);
    }
    Http.post(rig.url() + Http.CHAT, Http.chat("chat"));

    assertThat(rig.record().attempts())
        .extracting(ExchangeRecord.AttemptRecord::target)
        .containsExactly("dear");
  }

  @Test
  void streamCutByTheProvider_isRecordedOnceWithAnEstimate() throws Exception {
    rig.first.behave(
        Behaviour.always(Behaviour.Kind.CUT_STREAM).withStream(3, Duration.ofMillis(20)));
    assertThatThrownBy(() -> Http.post(rig.url() + Http.CHAT, Http.stream("chat")))
        .isInstanceOf(IOException.class);

    ExchangeRecord record = rig.record();
    assertThat(record.ending()).isEqualTo(Ending.CUT);
    assertThat(record.usage().status()).isEqualTo(Usage.Status.ESTIMATED);
    assertThat(record.usage().output()).isEqualTo(4); // three times "word ", 15 bytes
    assertThat(record.usage().input()).isPositive();
    assertThat(record.cost().value()).isPositive();
  }

  @Test
  void streamCancelledByTheClient_isRecordedOnceWithAnEstimate() throws Exception {
    rig.first.behave(Behaviour.GOOD.withStream(1000, Duration.ofMillis(20)));
    try (HttpClient own = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpResponse<InputStream> response =
          own.send(
              Http.request(rig.url() + Http.CHAT)
                  .POST(BodyPublishers.ofString(Http.stream("chat")))
                  .build(),
              BodyHandlers.ofInputStream());
      byte[] some = response.body().readNBytes(400);
      assertThat(some).isNotEmpty();
      response.body().close();
    }

    ExchangeRecord record = rig.record();
    assertThat(record.ending()).isEqualTo(Ending.CUT);
    assertThat(record.usage().status()).isEqualTo(Usage.Status.ESTIMATED);
    assertThat(record.usage().output()).isPositive();
    assertThat(record.attempts())
        .extracting(ExchangeRecord.AttemptRecord::outcome)
        .containsExactly(Outcome.CANCELLED);
  }

  @Test
  void missingUsage_isEstimatedAndMarked() throws Exception {
    rig.first.behave(Behaviour.GOOD.withoutUsage());
    Http.post(rig.url() + Http.CHAT, Http.chat("chat"));

    Usage usage = rig.record().usage();
    assertThat(usage.status()).isEqualTo(Usage.Status.ESTIMATED);
    assertThat(usage.output()).isEqualTo((("Hello from cheap-1".length() + 3) / 4));
  }

  @Test
  void malformedAnswer_passesAndCountsAsAFailure() throws Exception {
    rig.first.behave(Behaviour.always(Behaviour.Kind.MALFORMED));
    HttpResponse<String> response = Http.post(rig.url() + Http.CHAT, Http.chat("chat"));

    assertThat(response.body()).isEqualTo("{\"choices\": [{\"mess");
    assertThat(rig.record().attempts().getFirst().outcome()).isEqualTo(Outcome.FAILURE);
  }

  @Test
  void forgedInternalHeaders_changeNothing() throws Exception {
    try (HttpClient own = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpResponse<String> response =
          own.send(
              Http.request(rig.url() + Http.CHAT)
                  .header("x-drover-plan", "drover|chat|dear")
                  .header("x-drover-exchange", "forged")
                  .header("authorization", "Bearer sk-mine")
                  .POST(BodyPublishers.ofString(Http.chat("chat")))
                  .build(),
              BodyHandlers.ofString());
      assertThat(response.headers().firstValue("x-drover-target")).hasValue("cheap");
    }
    rig.record();
    assertThat(rig.first.received().getFirst().headers())
        .containsEntry("authorization", "Bearer " + Rig.FIRST_KEY);
  }

  @Test
  void otherPaths_areNoneOfDroversBusiness() throws Exception {
    HttpResponse<String> response = Http.get(rig.url() + "/somewhere");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).contains("\"error\"");
    assertThat(List.of(rig.records())).containsExactly(List.of());
  }
}
