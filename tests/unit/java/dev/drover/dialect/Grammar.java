package dev.drover.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.json.Json;
import dev.drover.types.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks the order of the events of a stream against the rules of its API. */
final class Grammar {
  private Grammar() {}

  static void check(String api, String stream) {
    switch (api) {
      case "anthropic" -> messages(stream);
      case "responses" -> responses(stream);
      case "gemini" -> gemini(stream);
      default -> chat(stream);
    }
  }

  /** The data of all events; each but the chat API's has its type as its name too. */
  private static List<Json> events(String stream, boolean named) {
    List<Json> events = new ArrayList<>();
    for (String event : stream.split("\n\n", 0)) {
      String[] lines = event.split("\n", 0);
      String data = lines[lines.length - 1];
      assertThat(data).startsWith("data: ");
      Json json = Json.parse(Bytes.utf8(data.substring("data: ".length())));
      if (named) {
        assertThat(lines).hasSize(2);
        assertThat(lines[0]).isEqualTo("event: " + json.text("type"));
      }
      events.add(json);
    }
    return events;
  }

  private static void messages(String stream) {
    long index = -1;
    boolean open = false;
    boolean started = false;
    boolean delta = false;
    boolean over = false;
    for (Json event : events(stream, true)) {
      assertThat(over).as("after the end: " + event).isFalse();
      switch (event.text("type")) {
        case "message_start" -> {
          assertThat(started).as("a second start").isFalse();
          started = true;
          assertThat(event.get("message").get("usage").integer("input_tokens", 0)).isPositive();
        }
        case "content_block_start" -> {
          assertThat(open).as("two blocks open").isFalse();
          assertThat(event.integer("index", -1)).isEqualTo(++index);
          open = true;
        }
        case "content_block_delta", "content_block_stop" -> {
          assertThat(open && !delta).isTrue();
          assertThat(event.integer("index", -1)).isEqualTo(index);
          open = event.text("type").endsWith("delta");
        }
        case "message_delta" -> {
          assertThat(started && !open && !delta).isTrue();
          delta = true;
        }
        case "message_stop" -> {
          assertThat(delta).isTrue();
          over = true;
        }
        case "error" -> over = true;
        default -> throw new AssertionError(event);
      }
    }
    assertThat(over).as("no end").isTrue();
  }

  private static void responses(String stream) {
    long sequence = 0;
    long items = 0;
    String open = "";
    boolean over = false;
    Map<String, StringBuilder> texts = new HashMap<>();
    for (Json event : events(stream, true)) {
      assertThat(over).as("after the end: " + event).isFalse();
      assertThat(event.integer("sequence_number", -1)).isEqualTo(sequence++);
      String type = event.text("type");
      switch (type) {
        case "response.created", "response.in_progress" -> assertThat(open).isEmpty();
        case "response.output_item.added" -> {
          assertThat(open).isEmpty();
          open = event.get("item").text("id");
          assertThat(open).isNotEmpty();
          assertThat(event.integer("output_index", -1)).isEqualTo(items);
        }
        case "response.output_item.done" -> {
          assertThat(event.get("item").text("id")).isEqualTo(open);
          assertThat(event.integer("output_index", -1)).isEqualTo(items++);
          open = "";
        }
        case "response.completed", "response.incomplete", "response.failed" -> {
          over = true;
          assertThat(event.get("response").get("output").elements()).hasSize((int) items);
          assertThat(event.get("response").text("status")).isEqualTo(type.substring(9));
        }
        default -> {
          assertThat(event.text("item_id")).isEqualTo(open).isNotEmpty();
          assertThat(event.integer("output_index", -1)).isEqualTo(items);
          StringBuilder text = texts.computeIfAbsent(open, _ -> new StringBuilder());
          if (type.endsWith(".delta")) {
            text.append(event.text("delta"));
          } else if (type.endsWith("text.done")) {
            assertThat(event.text("text")).isEqualTo(text.toString());
          } else if (type.equals("response.function_call_arguments.done") && !text.isEmpty()) {
            assertThat(event.text("arguments")).isEqualTo(text.toString());
          }
        }
      }
    }
    assertThat(over).as("no end").isTrue();
  }

  private static void gemini(String stream) {
    boolean over = false;
    for (Json event : events(stream, false)) {
      assertThat(over).as("after the end: " + event).isFalse();
      over = event.has("error");
      for (Json candidate : event.get("candidates").elements()) {
        over |= !candidate.text("finishReason").isEmpty();
        assertThat(candidate.get("content").text("role")).isEqualTo("model");
      }
    }
    assertThat(over).as("no end").isTrue();
  }

  private static void chat(String stream) {
    boolean failed = stream.contains("data: {\"error\"");
    assertThat(stream.endsWith("data: [DONE]\n\n")).isEqualTo(!failed);
    String chunks = stream.replace("data: [DONE]\n\n", "");
    long calls = -1;
    boolean first = true;
    boolean finished = false;
    for (Json chunk : events(chunks, false)) {
      if (chunk.has("error")) {
        continue;
      }
      for (Json choice : chunk.get("choices").elements()) {
        assertThat(finished).as("after the end: " + chunk).isFalse();
        assertThat(choice.get("delta").has("role")).isEqualTo(first);
        first = false;
        for (Json call : choice.get("delta").get("tool_calls").elements()) {
          boolean begins = !call.text("id").isEmpty();
          calls += begins ? 1 : 0;
          assertThat(call.integer("index", -1)).isEqualTo(calls);
          assertThat(!call.get("function").text("name").isEmpty()).isEqualTo(begins);
        }
        finished |= !choice.text("finish_reason").isEmpty();
      }
    }
    assertThat(finished || failed).isTrue();
  }
}
