package dev.drover.dialect.gemini;

import dev.drover.dialect.chat.ChatRequest.Tool;
import dev.drover.dialect.chat.GatewayError;
import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.chat.ResponseEncoder;
import dev.drover.dialect.chat.Signature;
import dev.drover.dialect.sse.SseOut;
import dev.drover.json.Json;
import dev.drover.json.JsonOut;
import dev.drover.types.Bytes;
import dev.drover.types.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes a response in Gemini's API, as a document or as a stream of chunks. */
final class GeminiEncoder implements ResponseEncoder {
  private final ResponseContext context;
  private final SseOut out = new SseOut();
  private final List<Json> parts = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private String id = "";
  private String model = "";
  private PartKind open = PartKind.TEXT;
  private String callId = "";
  private String name = "";
  private Bytes document = Bytes.EMPTY;

  GeminiEncoder(ResponseContext context) {
    this.context = context;
  }

  @Override
  public void started(String itsId, String itsModel) {
    id = itsId.isEmpty() ? context.id() : itsId;
    model = itsModel;
  }

  @Override
  public void partStarted(PartKind kind, String itsCallId, String itsName) {
    open = kind;
    callId = itsCallId;
    name = itsName;
    text.setLength(0);
  }

  @Override
  public void partDelta(String more) {
    if (open == PartKind.TOOL_CALL || !context.stream()) {
      text.append(more);
    } else {
      say(words(more, null));
    }
  }

  private Json words(String words, @Nullable Signature signature) {
    return JsonOut.tree(
        part -> {
          part.put("text", words);
          if (open == PartKind.REASONING) {
            part.put("thought", true);
          }
          part.put("thoughtSignature", Signatures.carried(signature));
        });
  }

  @Override
  public void partEnded(@Nullable Signature signature) {
    if (open == PartKind.TOOL_CALL) {
      say(call());
    } else if (!context.stream()) {
      say(words(text.toString(), signature));
    } else if (signature != null) {
      say(words("", signature));
    }
  }

  private Json call() {
    Tool tool = context.tools().called(name);
    Json arguments = Json.parseOrMissing(Bytes.utf8(text.toString()));
    return JsonOut.tree(
        part ->
            part.object(
                "functionCall",
                call -> {
                  call.put("id", callId).put("name", tool == null ? name : tool.name());
                  if (arguments.isObject()) {
                    call.put("args", arguments);
                  } else {
                    call.object(
                        "args",
                        args -> args.put("arguments", text.isEmpty() ? null : text.toString()));
                  }
                }));
  }

  private void say(Json part) {
    if (context.stream()) {
      out.data(response(List.of(part), null, null));
    } else {
      parts.add(part);
    }
  }

  private Bytes response(List<Json> said, @Nullable Stop stop, @Nullable Usage usage) {
    return JsonOut.object(
        response -> {
          response.array("candidates", all -> all.add(each -> candidate(each, said, stop)));
          if (usage != null) {
            response.object("usageMetadata", counts -> usage(counts, usage));
          }
          response.put("modelVersion", model).put("responseId", id);
        });
  }

  private static void candidate(JsonOut out, List<Json> said, @Nullable Stop stop) {
    Consumer<JsonOut> content =
        body -> {
          body.array("parts", all -> said.forEach(all::add));
          body.put("role", "model");
        };
    out.object("content", content);
    if (stop != null) {
      out.put(
          "finishReason",
          switch (stop) {
            case LENGTH -> "MAX_TOKENS";
            case FILTERED -> "SAFETY";
            case END, TOOL_CALLS, SEQUENCE, PAUSE -> "STOP";
          });
    }
    out.put("index", 0L);
  }

  private static void usage(JsonOut out, Usage usage) {
    out.put("promptTokenCount", usage.input());
    out.put("candidatesTokenCount", usage.output() - usage.reasoning());
    out.put("totalTokenCount", usage.tokens());
    if (usage.cachedInput() > 0) {
      out.put("cachedContentTokenCount", usage.cachedInput());
    }
    if (usage.reasoning() > 0) {
      out.put("thoughtsTokenCount", usage.reasoning());
    }
  }

  @Override
  public void finished(Stop stop, @Nullable String sequence, @Nullable Usage usage) {
    Bytes last = response(context.stream() ? List.of() : parts, stop, usage);
    if (context.stream()) {
      out.data(last);
    } else {
      document = last;
    }
  }

  @Override
  public void failed(GatewayError error, @Nullable Usage usage) {
    Bytes body = GeminiClient.errorBody(error.status(), error.message());
    if (context.stream()) {
      out.data(body);
    } else {
      document = body;
    }
  }

  @Override
  public boolean keepsAll() {
    return !context.stream();
  }

  @Override
  public Bytes take() {
    if (context.stream()) {
      return out.take();
    }
    Bytes taken = document;
    document = Bytes.EMPTY;
    return taken;
  }
}
