package dev.drover.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.drover.tools.fake.AwsFrames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/**
 * A provider that has an agent write a file, read it and say what it holds. It follows the
 * conversation that it is sent, so it needs no memory; it speaks the API that its path asks for.
 */
final class ScriptedProvider implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long CACHED = 400;

  private final HttpServer server;
  private final String file;
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  /** A request as it came. */
  record Request(String path, Map<String, List<String>> headers, JsonNode body) {}

  /**
   * @param file the path of the file that the agent writes
   */
  ScriptedProvider(String file) throws IOException {
    this.file = file;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  List<Request> requests() {
    return requests;
  }

  /** Prompt tokens that a turn states, those from a cache included. */
  static long input(int turn) {
    return 1000 + 100L * turn;
  }

  /** Generated tokens that a turn states. */
  static long output(int turn) {
    return 50L + turn;
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode body = JSON.readTree(exchange.getRequestBody());
      String path = exchange.getRequestURI().getPath();
      requests.add(
          new Request(exchange.getRequestURI().toString(), exchange.getRequestHeaders(), body));
      StringBuilder out = new StringBuilder();
      if (path.endsWith("/messages")) {
        messages(out, body);
      } else if (path.endsWith("/responses")) {
        responses(out, body);
      } else if (path.contains("enerateContent")) {
        gemini(out, body);
      } else if (path.endsWith("/chat/completions")) {
        chat(out, body);
      } else if (!path.contains("/converse")) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      boolean frames = path.contains("/converse");
      byte[] bytes = frames ? converse(body) : out.toString().getBytes(StandardCharsets.UTF_8);
      exchange
          .getResponseHeaders()
          .set("content-type", frames ? "application/vnd.amazon.eventstream" : "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      try (OutputStream stream = exchange.getResponseBody()) {
        for (int at = 0; at < bytes.length; at += 97) { // cut where it pleases
          stream.write(bytes, at, Math.min(97, bytes.length - at));
          stream.flush();
        }
      }
    }
  }

  /** Returns the call that the agent makes at a turn with its tools; null when it has done all. */
  private Call call(int turn, String tools) {
    if (turn > 1) {
      return null;
    }
    boolean write = turn == 0;
    String command = write ? "printf 42 > answer.txt" : "cat answer.txt";
    if (tools.contains("\"exec_command\"")) {
      return new Call("exec_command", Map.of("cmd", command));
    }
    if (tools.contains("\"functions__exec\"")) { // a custom tool, carried as a function
      return new Call("functions__exec", Map.of("input", script(command)));
    }
    if (tools.contains("\"Write\"")) {
      return write
          ? new Call("Write", Map.of("file_path", file, "content", "42"))
          : new Call("Read", Map.of("file_path", file));
    }
    return write
        ? new Call("write", Map.of("filePath", file, "content", "42"))
        : new Call("read", Map.of("filePath", file));
  }

  private static String script(String command) {
    return "text(await tools.exec_command({cmd: \"" + command + "\"}))";
  }

  private record Call(String name, Map<String, String> arguments) {
    String json() {
      try {
        return JSON.writeValueAsString(arguments);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static int count(JsonNode list, String field, String... values) {
    int count = 0;
    for (JsonNode each : list) {
      if (List.of(values).contains(each.path(field).asText())) {
        count++;
      }
    }
    return count;
  }

  private static void event(StringBuilder out, String json) {
    try {
      String type = JSON.readTree(json).path("type").asText();
      out.append("event: ").append(type).append("\ndata: ").append(json).append("\n\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String quoted(String text) {
    try {
      return JSON.writeValueAsString(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void messages(StringBuilder out, JsonNode body) {
    int turn = 0;
    for (JsonNode message : body.path("messages")) {
      turn += count(message.path("content"), "type", "tool_result");
    }
    event(
        out,
        """
        {"type":"message_start","message":{"id":"msg_%d","type":"message","role":"assistant","model":"up","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":%d,"cache_read_input_tokens":%d,"cache_creation_input_tokens":0,"output_tokens":1}}}"""
            .formatted(turn, input(turn) - CACHED, CACHED));
    event(
        out,
        """
        {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""");
    event(
        out,
        """
        {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"I think."}}""");
    event(
        out,
        """
        {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2lnbmVk"}}""");
    event(out, "{\"type\":\"content_block_stop\",\"index\":0}");
    Call call = call(turn, body.path("tools").toString());
    if (call == null) {
      event(
          out,
          """
          {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}""");
      event(
          out,
          """
          {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"The answer is 42."}}""");
    } else {
      event(
          out,
          """
          {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_%d","name":"%s","input":{}}}"""
              .formatted(turn, call.name()));
      event(
          out,
          """
          {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":%s}}"""
              .formatted(quoted(call.json())));
    }
    event(out, "{\"type\":\"content_block_stop\",\"index\":1}");
    event(
        out,
        """
        {"type":"message_delta","delta":{"stop_reason":"%s","stop_sequence":null},"usage":{"output_tokens":%d}}"""
            .formatted(call == null ? "end_turn" : "tool_use", output(turn)));
    event(out, "{\"type\":\"message_stop\"}");
  }

  private void responses(StringBuilder out, JsonNode body) {
    int turn = count(body.path("input"), "type", "function_call_output", "custom_tool_call_output");
    event(
        out,
        """
        {"type":"response.created","sequence_number":0,"response":{"id":"resp_%d","object":"response","status":"in_progress","model":"up","output":[]}}"""
            .formatted(turn));
    event(
        out,
        """
        {"type":"response.output_item.done","sequence_number":1,"output_index":0,"item":{"id":"rs_%d","type":"reasoning","summary":[{"type":"summary_text","text":"I think."}],"encrypted_content":"Z0FBQUFB"}}"""
            .formatted(turn));
    boolean custom = body.path("input").path(0).path("type").asText().equals("additional_tools");
    Call call = custom ? null : call(turn, body.path("tools").toString());
    if (custom && turn < 2) {
      String command = turn == 0 ? "printf 42 > answer.txt" : "cat answer.txt";
      event(
          out,
          """
          {"type":"response.output_item.done","sequence_number":2,"output_index":1,"item":{"id":"ctc_%d","type":"custom_tool_call","status":"completed","call_id":"call_%d","name":"exec","input":%s}}"""
              .formatted(turn, turn, quoted(script(command))));
    } else if (call == null) {
      event(
          out,
          """
          {"type":"response.output_item.added","sequence_number":2,"output_index":1,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","content":[]}}""");
      event(
          out,
          """
          {"type":"response.output_text.delta","sequence_number":3,"item_id":"msg_1","output_index":1,"content_index":0,"delta":"The answer is 42."}""");
      event(
          out,
          """
          {"type":"response.output_item.done","sequence_number":4,"output_index":1,"item":{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"The answer is 42.","annotations":[]}]}}""");
    } else {
      String item =
          """
          {"id":"fc_%d","type":"function_call","status":"%s","call_id":"call_%d","name":"%s","arguments":%s}""";
      event(
          out,
          "{\"type\":\"response.output_item.added\",\"sequence_number\":2,\"output_index\":1,\"item\":"
              + item.formatted(turn, "in_progress", turn, call.name(), "\"\"")
              + "}");
      event(
          out,
          """
          {"type":"response.function_call_arguments.delta","sequence_number":3,"item_id":"fc_%d","output_index":1,"delta":%s}"""
              .formatted(turn, quoted(call.json())));
      event(
          out,
          "{\"type\":\"response.output_item.done\",\"sequence_number\":4,\"output_index\":1,\"item\":"
              + item.formatted(turn, "completed", turn, call.name(), quoted(call.json()))
              + "}");
    }
    event(
        out,
        """
        {"type":"response.completed","sequence_number":5,"response":{"id":"resp_%d","object":"response","status":"completed","model":"up","output":[],"usage":{"input_tokens":%d,"input_tokens_details":{"cached_tokens":%d},"output_tokens":%d,"output_tokens_details":{"reasoning_tokens":10},"total_tokens":%d}}}"""
            .formatted(turn, input(turn), CACHED, output(turn), input(turn) + output(turn)));
  }

  private void gemini(StringBuilder out, JsonNode body) {
    int turn = 0;
    boolean signed = true;
    for (JsonNode content : body.path("contents")) {
      for (JsonNode part : content.path("parts")) {
        turn += part.has("functionResponse") ? 1 : 0;
        signed &=
            !part.has("functionCall") || part.path("thoughtSignature").asText().equals("c2ln");
      }
    }
    Call call = signed ? call(turn, body.path("tools").toString()) : null;
    String said = signed ? "The answer is 42." : "A signature is lost.";
    String parts =
        call == null
            ? "{\"text\":\"%s\"}".formatted(said)
            : "{\"functionCall\":{\"name\":\"%s\",\"args\":%s},\"thoughtSignature\":\"c2ln\"}"
                .formatted(call.name(), call.json());
    out.append(
        """
        data: {"candidates":[{"content":{"parts":[{"text":"I think.","thought":true}],"role":"model"},"index":0}],"modelVersion":"up","responseId":"r%d"}

        data: {"candidates":[{"content":{"parts":[%s],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":%d,"cachedContentTokenCount":%d,"candidatesTokenCount":%d,"totalTokenCount":%d},"modelVersion":"up","responseId":"r%d"}

        """
            .formatted(
                turn, parts, input(turn), CACHED, output(turn), input(turn) + output(turn), turn));
  }

  private byte[] converse(JsonNode body) {
    int turn = 0;
    for (JsonNode message : body.path("messages")) {
      for (JsonNode block : message.path("content")) {
        turn += block.has("toolResult") ? 1 : 0;
      }
    }
    Call call = call(turn, body.path("toolConfig").path("tools").toString());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    frame(out, "messageStart", "{\"role\":\"assistant\"}");
    if (call == null) {
      frame(
          out,
          "contentBlockDelta",
          "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"The answer is 42.\"}}");
    } else {
      frame(
          out,
          "contentBlockStart",
          "{\"contentBlockIndex\":0,\"start\":{\"toolUse\":{\"toolUseId\":\"tooluse_%d\",\"name\":\"%s\"}}}"
              .formatted(turn, call.name()));
      frame(
          out,
          "contentBlockDelta",
          "{\"contentBlockIndex\":0,\"delta\":{\"toolUse\":{\"input\":%s}}}"
              .formatted(quoted(call.json())));
    }
    frame(out, "contentBlockStop", "{\"contentBlockIndex\":0}");
    frame(
        out,
        "messageStop",
        "{\"stopReason\":\"%s\"}".formatted(call == null ? "end_turn" : "tool_use"));
    frame(
        out,
        "metadata",
        "{\"usage\":{\"inputTokens\":%d,\"cacheReadInputTokens\":%d,\"outputTokens\":%d,\"totalTokens\":%d}}"
            .formatted(input(turn) - CACHED, CACHED, output(turn), input(turn) + output(turn)));
    return out.toByteArray();
  }

  private static void frame(ByteArrayOutputStream out, String type, String payload) {
    out.writeBytes(AwsFrames.frame("event", type, payload));
  }

  private void chat(StringBuilder out, JsonNode body) {
    int turn = count(body.path("messages"), "role", "tool");
    Call call = call(turn, body.path("tools").toString());
    chunk(out, turn, "{\"role\":\"assistant\",\"content\":\"\"}", "null");
    chunk(out, turn, "{\"reasoning_content\":\"I think.\"}", "null");
    if (call == null) {
      chunk(out, turn, "{\"content\":\"The answer is 42.\"}", "null");
    } else {
      chunk(
          out,
          turn,
          """
          {"tool_calls":[{"index":0,"id":"call_%d","type":"function","function":{"name":"%s","arguments":""}}]}"""
              .formatted(turn, call.name()),
          "null");
      chunk(
          out,
          turn,
          """
          {"tool_calls":[{"index":0,"function":{"arguments":%s}}]}"""
              .formatted(quoted(call.json())),
          "null");
    }
    chunk(out, turn, "{}", call == null ? "\"stop\"" : "\"tool_calls\"");
    out.append(
        """
        data: {"id":"c%d","object":"chat.completion.chunk","created":1,"model":"up","choices":[],"usage":{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d,"prompt_tokens_details":{"cached_tokens":%d}}}

        data: [DONE]

        """
            .formatted(turn, input(turn), output(turn), input(turn) + output(turn), CACHED));
  }

  private static void chunk(StringBuilder out, int turn, String delta, String finish) {
    out.append(
        """
        data: {"id":"c%d","object":"chat.completion.chunk","created":1,"model":"up","choices":[{"index":0,"delta":%s,"finish_reason":%s}]}

        """
            .formatted(turn, delta, finish));
  }
}
