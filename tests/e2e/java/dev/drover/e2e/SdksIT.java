package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.NotFoundException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.Tool;
import com.google.genai.Client;
import com.google.genai.ResponseStream;
import com.google.genai.types.FunctionDeclaration;
import com.google.genai.types.GenerateContentConfig;
import com.google.genai.types.GenerateContentResponse;
import com.google.genai.types.HttpOptions;
import com.google.genai.types.Schema;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.responses.FunctionTool;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The vendors' own SDKs read what Drover writes for providers of each API. */
@Tag("clients")
class SdksIT {
  private static final Map<String, Object> SCHEMA =
      Map.of(
          "type",
          "object",
          "properties",
          Map.of("filePath", Map.of("type", "string"), "content", Map.of("type", "string")));

  @TempDir Path folder;

  /** A try with a rig whose one target speaks an API. */
  @FunctionalInterface
  private interface Trial {
    void with(Rig rig) throws Exception;
  }

  private void run(String dialect, Trial trial) throws Exception {
    try (ScriptedProvider provider = new ScriptedProvider("/tmp/a.txt")) {
      Rig rig = new Rig(folder, AgentsIT.config(provider.url(), dialect, "two"));
      try {
        trial.with(rig);
      } finally {
        rig.awaitSettled();
        rig.records();
        rig.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"openai", "anthropic", "responses", "gemini", "bedrock"})
  void openai_readsChat(String dialect) throws Exception {
    run(
        dialect,
        rig -> {
          OpenAIClient client = openai(rig);
          ChatCompletionCreateParams params =
              ChatCompletionCreateParams.builder()
                  .model("agent")
                  .addUserMessage("Write 42.")
                  .addFunctionTool(
                      FunctionDefinition.builder()
                          .name("write")
                          .parameters(
                              FunctionParameters.builder()
                                  .putAllAdditionalProperties(
                                      Map.of(
                                          "type", JsonValue.from("object"),
                                          "properties", JsonValue.from(SCHEMA.get("properties"))))
                                  .build())
                          .build())
                  .build();
          ChatCompletionAccumulator pieces = ChatCompletionAccumulator.create();
          try (var stream = client.chat().completions().createStreaming(params)) {
            stream.stream().forEach(pieces::accumulate);
          }
          List<ChatCompletion> completions =
              dialect.equals("openai") // the script streams to those too that want a document
                  ? List.of(pieces.chatCompletion())
                  : List.of(client.chat().completions().create(params), pieces.chatCompletion());
          for (ChatCompletion completion : completions) {
            completion.validate();
            var choice = completion.choices().getFirst();
            assertThat(choice.finishReason())
                .isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
            var call = choice.message().toolCalls().orElseThrow().getFirst().asFunction();
            assertThat(call.function().name()).isEqualTo("write");
            assertThat(call.function().arguments()).contains("\"content\":\"42\"");
          }
          assertThat(completions.getFirst().usage().map(usage -> usage.promptTokens()))
              .isIn(Optional.empty(), Optional.of(ScriptedProvider.input(0)));
          assertThat(client.models().list().data()).extracting(m -> m.id()).contains("agent");
        });
  }

  private static OpenAIClient openai(Rig rig) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(rig.url() + "/v1")
        .apiKey("none")
        .maxRetries(0)
        .build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"openai", "anthropic", "responses", "gemini", "bedrock"})
  void openai_readsResponses(String dialect) throws Exception {
    run(
        dialect,
        rig -> {
          OpenAIClient client = openai(rig);
          ResponseCreateParams params =
              ResponseCreateParams.builder()
                  .model("agent")
                  .input("Write 42.")
                  .addTool(
                      FunctionTool.builder()
                          .name("write")
                          .strict(false)
                          .parameters(
                              FunctionTool.Parameters.builder()
                                  .putAllAdditionalProperties(
                                      Map.of(
                                          "type", JsonValue.from("object"),
                                          "properties", JsonValue.from(SCHEMA.get("properties"))))
                                  .build())
                          .build())
                  .build();
          ResponseAccumulator pieces = ResponseAccumulator.create();
          try (var stream = client.responses().createStreaming(params)) {
            stream.stream().forEach(pieces::accumulate);
          }
          Response streamed = pieces.response();
          if (!dialect.equals("responses")) { // the script's own response has no output to validate
            streamed.validate();
            assertThat(
                    streamed.output().stream()
                        .filter(item -> item.isFunctionCall())
                        .map(item -> item.asFunctionCall().name()))
                .containsExactly("write");
          }
          assertThat(streamed.usage().orElseThrow().inputTokens())
              .isEqualTo(ScriptedProvider.input(0));
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"openai", "anthropic", "responses", "gemini", "bedrock"})
  void anthropic_readsMessages(String dialect) throws Exception {
    run(
        dialect,
        rig -> {
          AnthropicClient client =
              AnthropicOkHttpClient.builder()
                  .baseUrl(rig.url())
                  .apiKey("none")
                  .maxRetries(0)
                  .build();
          MessageCreateParams params =
              MessageCreateParams.builder()
                  .model("agent")
                  .maxTokens(100)
                  .addUserMessage("Write 42.")
                  .addTool(
                      Tool.builder()
                          .name("write")
                          .inputSchema(
                              Tool.InputSchema.builder()
                                  .putAdditionalProperty(
                                      "properties",
                                      com.anthropic.core.JsonValue.from(SCHEMA.get("properties")))
                                  .build())
                          .build())
                  .build();
          MessageAccumulator pieces = MessageAccumulator.create();
          try (StreamResponse<RawMessageStreamEvent> stream =
              client.messages().createStreaming(params)) {
            stream.stream().forEach(pieces::accumulate);
          }
          List<Message> messages =
              dialect.equals("anthropic") // the script streams to those too that want a document
                  ? List.of(pieces.message())
                  : List.of(pieces.message(), client.messages().create(params));
          for (Message message : messages) {
            message.validate();
            assertThat(message.stopReason()).hasValue(StopReason.TOOL_USE);
            assertThat(
                    message.content().stream()
                        .filter(block -> block.isToolUse())
                        .map(block -> block.asToolUse().name()))
                .containsExactly("write");
            assertThat(message.usage().inputTokens()).isEqualTo(ScriptedProvider.input(0) - 400);
            assertThat(message.usage().cacheReadInputTokens()).hasValue(400L);
          }
          assertThat(client.models().list().data()).extracting(m -> m.id()).contains("agent");
          if (!dialect.equals("anthropic")) {
            long tokens =
                client
                    .messages()
                    .countTokens(
                        MessageCountTokensParams.builder()
                            .model("agent")
                            .addUserMessage("Write 42.")
                            .build())
                    .inputTokens();
            assertThat(tokens).isBetween(1L, 50L);
          }
          MessageCreateParams unknown = params.toBuilder().model("nobody").build();
          assertThatThrownBy(() -> client.messages().create(unknown))
              .isInstanceOf(NotFoundException.class)
              .hasMessageContaining("nobody");
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"openai", "anthropic", "responses", "gemini", "bedrock"})
  void google_readsGemini(String dialect) throws Exception {
    run(
        dialect,
        rig -> {
          try (Client client =
              Client.builder()
                  .apiKey("none")
                  .httpOptions(HttpOptions.builder().baseUrl(rig.url()).build())
                  .build()) {
            GenerateContentConfig config =
                GenerateContentConfig.builder()
                    .tools(
                        com.google.genai.types.Tool.builder()
                            .functionDeclarations(
                                FunctionDeclaration.builder()
                                    .name("write")
                                    .parameters(
                                        Schema.builder()
                                            .type("OBJECT")
                                            .properties(
                                                Map.of(
                                                    "filePath",
                                                    Schema.builder().type("STRING").build()))
                                            .build())
                                    .build())
                            .build())
                    .build();
            String calls = "";
            int prompt = 0;
            try (ResponseStream<GenerateContentResponse> stream =
                client.models.generateContentStream("agent", "Write 42.", config)) {
              for (GenerateContentResponse response : stream) {
                calls += response.functionCalls() == null ? "" : response.functionCalls();
                prompt =
                    response
                        .usageMetadata()
                        .flatMap(usage -> usage.promptTokenCount())
                        .orElse(prompt);
              }
            }
            assertThat(calls).contains("write").contains("42");
            assertThat(prompt).isEqualTo((int) ScriptedProvider.input(0));
            if (!dialect.equals("gemini")) {
              GenerateContentResponse whole =
                  client.models.generateContent("agent", "Write 42.", config);
              assertThat(whole.functionCalls()).hasSize(1);
            }
          }
        });
  }
}
