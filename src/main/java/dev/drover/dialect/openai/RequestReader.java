package dev.drover.dialect.openai;

import dev.drover.dialect.Edit;
import dev.drover.dialect.Operation;
import dev.drover.dialect.RequestFacts;
import dev.drover.dialect.Span;
import dev.drover.dialect.request.RequestScan;
import dev.drover.json.JsonScanner.Kind;
import dev.drover.types.Bytes;
import dev.drover.types.Capability;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the facts of one request in OpenAI's first API. */
final class RequestReader extends RequestScan {
  private static final String INCLUDE_USAGE = "\"include_usage\":true";
  private static final String OPTIONS = ",\"stream_options\":{" + INCLUDE_USAGE + "}";

  private static final List<String> KNOWN =
      List.of(
          "model",
          "stream",
          "stream_options",
          "max_tokens",
          "max_completion_tokens",
          "n",
          "messages",
          "prompt",
          "input",
          "tools",
          "functions",
          "response_format",
          "logprobs",
          "temperature",
          "audio",
          "max_output_tokens");

  /** The API in whose form some clients write what they send to the path of chats. */
  private static final String RESPONSES = "responses";

  private @Nullable Edit usageEdit;
  private boolean usageAsked;
  private boolean optionsSeen;
  private int choices = 1;
  private final boolean chat;
  private boolean messages;
  private boolean input;

  RequestReader(Operation operation, Bytes body) {
    super(operation, body, KNOWN);
    this.chat = operation.equals(OpenAiClient.CHAT);
  }

  @Override
  protected @Nullable String bodyApi() {
    return chat && input && !messages ? RESPONSES : null;
  }

  @Override
  protected RequestFacts.@Nullable StreamUsage streamUsage(Span afterModel) {
    if (usageAsked) {
      return null;
    }
    Edit edit = usageEdit;
    if (edit == null) {
      edit = optionsSeen ? null : Edit.insert(afterModel.to(), OPTIONS);
    }
    return edit == null ? null : new RequestFacts.StreamUsage(edit);
  }

  @Override
  protected int choices() {
    return choices;
  }

  @Override
  protected void field() {
    if (in.keyIs("model")) {
      model();
    } else if (in.keyIs("stream")) {
      stream();
    } else if (in.keyIs("stream_options")) {
      streamOptions();
    } else if (in.keyIs("max_tokens") || in.keyIs("max_completion_tokens")) {
      maxOutput();
    } else if (chat && in.keyIs("max_output_tokens")) {
      maxOutput();
    } else if (in.keyIs("n")) {
      choices = Math.clamp(positive(1), 1, 1024);
    } else if (in.keyIs("messages")) {
      messages = true;
      messages();
    } else if (in.keyIs("prompt") || in.keyIs("input")) {
      input |= in.keyIs("input");
      prompt();
    } else if (in.keyIs("tools") || in.keyIs("functions")) {
      tools();
    } else if (in.keyIs("response_format")) {
      format("json_schema");
    } else if (in.keyIs("logprobs")) {
      logprobs();
    } else if (in.keyIs("temperature")) {
      temperature();
    } else if (in.keyIs("audio")) {
      need(Capability.AUDIO);
    } else {
      in.skip();
    }
  }

  private void streamOptions() {
    optionsSeen = true;
    int from = in.position();
    if (in.peek() == Kind.NULL) {
      in.skip();
      usageEdit = new Edit(from, in.consumed(), Bytes.utf8("{" + INCLUDE_USAGE + "}"));
      return;
    }
    if (in.peek() != Kind.OBJECT) {
      in.skip();
      return;
    }
    in.beginObject();
    int inside = in.consumed();
    boolean any = false;
    Edit given = null;
    while (in.nextField()) {
      any = true;
      if (in.keyIs("include_usage")) {
        once("include_usage", given != null);
        given = includeUsage();
      } else {
        in.skip();
      }
    }
    usageEdit =
        given == null ? Edit.insert(inside, any ? INCLUDE_USAGE + "," : INCLUDE_USAGE) : given;
  }

  /** The edit that turns a given include_usage on; also notes when it is on already. */
  private Edit includeUsage() {
    int from = in.position();
    boolean on = in.peek() == Kind.BOOLEAN && in.bool();
    usageAsked |= on;
    if (in.consumed() == from) {
      in.skip();
    }
    return new Edit(from, in.consumed(), Bytes.utf8("true"));
  }

  /** A boolean in chat requests, a count in completions. */
  private void logprobs() {
    boolean asked = in.peek() == Kind.BOOLEAN ? in.bool() : positive(0) > 0;
    if (asked) {
      needs(Capability.LOGPROBS);
    }
  }
}
