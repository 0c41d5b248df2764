package dev.drover.dialect.openai;

import dev.drover.dialect.sse.SseDecoder;
import dev.drover.json.Yaml;
import dev.drover.types.Bytes;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes an OpenAI answer that came as an event stream as one document, and the other way round.
 * What was generated, why it ended and its usage stay the same; ids and times are those of the
 * answer that is kept.
 */
final class Replay {
  private static final int LARGEST_EVENT = 1 << 20;
  private static final String CHUNK = "chat.completion.chunk";
  private static final String WHOLE = "chat.completion";

  /** Parts that a further event continues; all others are said once, or again. */
  private static final Set<String> CONTINUED =
      Set.of(
          "content",
          "text",
          "refusal",
          "reasoning_content",
          "reasoning",
          "arguments",
          "data",
          "transcript");

  private Replay() {}

  /** Returns one JSON document for all events of a stream, or null when they cannot be joined. */
  static @Nullable Bytes document(Bytes stream) {
    try {
      return joined(stream);
    } catch (ClassCastException | IllegalArgumentException | UncheckedIOException _) {
      return null; // a provider's own idea of the format
    }
  }

  private static @Nullable Bytes joined(Bytes stream) {
    List<Map<String, Object>> events = events(stream);
    if (events.isEmpty()) {
      return null;
    }
    Map<String, Object> document = new LinkedHashMap<>();
    Map<Long, Map<String, Object>> choices = new TreeMap<>();
    for (Map<String, Object> event : events) {
      event.forEach(
          (name, value) -> {
            if (name.equals("choices")) {
              list(value).forEach(choice -> take(choices, map(choice)));
            } else if (value != null && !(value.equals("") && document.containsKey(name))) {
              document.put(name, value);
            }
          });
    }
    if (CHUNK.equals(document.get("object"))) {
      document.put("object", WHOLE);
      choices.values().forEach(Replay::wholeMessage);
    }
    document.put("choices", new ArrayList<>(choices.values()));
    if (document.remove("usage") instanceof Map<?, ?> usage) {
      document.put("usage", usage);
    }
    return Bytes.utf8(Yaml.writeJsonLine(document));
  }

  private static List<Map<String, Object>> events(Bytes stream) {
    List<Map<String, Object>> events = new ArrayList<>();
    SseDecoder decoder =
        new SseDecoder(
            LARGEST_EVENT,
            new SseDecoder.Sink() {
              @Override
              public void event(Bytes raw, Bytes data) {
                if (!data.isEmpty() && data.at(0) == '{') {
                  events.add(Yaml.readJson(data.text()));
                }
              }

              @Override
              public void oversized(Bytes raw) {
                throw new IllegalArgumentException("event: too large to be read");
              }
            });
    decoder.feed(stream);
    decoder.finish();
    return events;
  }

  private static void take(Map<Long, Map<String, Object>> choices, Map<String, Object> part) {
    Map<String, Object> choice =
        choices.computeIfAbsent(
            part.get("index") instanceof Number index ? index.longValue() : 0L,
            _ -> new LinkedHashMap<>());
    merge(choice, part);
  }

  /** Adds the parts of a delta to what came before, as OpenAI's clients do. */
  private static void merge(Map<String, Object> all, Map<String, Object> part) {
    part.forEach((name, value) -> all.put(name, merged(name, all.get(name), value)));
  }

  private static @Nullable Object merged(String name, @Nullable Object all, @Nullable Object part) {
    if (part == null || (part.equals("") && all != null)) { // some repeat names as empty ones
      return all;
    }
    if (part instanceof Map<?, ?>) {
      Map<String, Object> whole = all == null ? new LinkedHashMap<>() : map(all);
      merge(whole, map(part));
      return whole;
    }
    if (part instanceof List<?>) {
      List<Object> whole = all == null ? new ArrayList<>() : new ArrayList<>((List<?>) all);
      list(part).forEach(element -> addTo(whole, element));
      return whole;
    }
    if (all != null && CONTINUED.contains(name)) {
      return (String) all + (String) part;
    }
    return part;
  }

  /** Elements that say their place continue the one there; others are appended. */
  private static void addTo(List<Object> whole, Object element) {
    if (element instanceof Map<?, ?> part && part.get("index") instanceof Number index) {
      for (Object each : whole) {
        if (each instanceof Map<?, ?> before && index.equals(before.get("index"))) {
          merge(map(before), map(element));
          return;
        }
      }
      Map<String, Object> fresh = new LinkedHashMap<>();
      merge(fresh, map(element));
      whole.add(fresh);
    } else {
      whole.add(element);
    }
  }

  private static void wholeMessage(Map<String, Object> choice) {
    Object delta = choice.remove("delta");
    Map<String, Object> message = new LinkedHashMap<>(Map.of("role", "assistant"));
    message.putAll(map(delta));
    message.putIfAbsent("content", null);
    if (message.get("tool_calls") instanceof List<?> calls) {
      calls.forEach(call -> map(call).remove("index"));
    }
    choice.put("message", message);
  }

  /**
   * A stream of events for one document; null when it is none that can be written so.
   *
   * @param usage whether the client asked for an event with the usage
   */
  static @Nullable Bytes stream(Bytes document, boolean usage) {
    try {
      return split(document, usage);
    } catch (ClassCastException | UncheckedIOException _) {
      return null;
    }
  }

  private static Bytes split(Bytes document, boolean usage) {
    Map<String, Object> whole = Yaml.readJson(document.text());
    Map<String, Object> head = new LinkedHashMap<>(whole);
    Object counts = head.remove("usage");
    List<Object> choices = list(head.remove("choices"));
    boolean chat = WHOLE.equals(head.get("object"));
    if (chat) {
      head.put("object", CHUNK);
    }
    StringBuilder out = new StringBuilder();
    for (Object each : choices) {
      Map<String, Object> choice = new LinkedHashMap<>(map(each));
      if (chat) {
        Map<String, Object> message = new LinkedHashMap<>(map(choice.remove("message")));
        if (message.get("tool_calls") instanceof List<?> calls) {
          message.put("tool_calls", numbered(calls));
        }
        Object reason = choice.put("finish_reason", null);
        choice.put("delta", message);
        event(out, head, choice);
        Map<String, Object> end = new LinkedHashMap<>();
        end.put("index", choice.get("index"));
        end.put("delta", Map.of());
        end.put("finish_reason", reason);
        event(out, head, end);
      } else {
        event(out, head, choice);
      }
    }
    if (usage && counts != null) {
      Map<String, Object> last = new LinkedHashMap<>(head);
      last.put("choices", List.of());
      last.put("usage", counts);
      line(out, Yaml.writeJsonLine(last));
    }
    line(out, "[DONE]");
    return Bytes.utf8(out.toString());
  }

  private static List<Object> numbered(List<?> calls) {
    List<Object> numbered = new ArrayList<>();
    for (Object call : calls) {
      Map<String, Object> with = new LinkedHashMap<>();
      with.put("index", numbered.size());
      with.putAll(map(call));
      numbered.add(with);
    }
    return numbered;
  }

  private static void event(
      StringBuilder out, Map<String, Object> head, Map<String, Object> choice) {
    Map<String, Object> event = new LinkedHashMap<>(head);
    event.put("choices", List.of(choice));
    line(out, Yaml.writeJsonLine(event));
  }

  private static void line(StringBuilder out, String data) {
    out.append("data: ").append(data).append("\n\n");
  }

  @SuppressWarnings("unchecked") // objects of a JSON document
  private static Map<String, Object> map(@Nullable Object value) {
    return value == null ? Map.of() : (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked") // arrays of a JSON document
  private static List<Object> list(@Nullable Object value) {
    return value == null ? List.of() : (List<Object>) value;
  }
}
