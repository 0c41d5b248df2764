package dev.drover.tools.fake;

import dev.drover.dialect.Dialects;
import dev.drover.dialect.RequestFacts;
import dev.drover.json.JsonText;
import dev.drover.types.Bytes;

/**
 * Builds the responses of a fake provider: generated text, with token counts that follow from the
 * request.
 */
final class FakeAnswers {
  private static final String WORD = "word ";

  private FakeAnswers() {}

  static Bytes json(RequestFacts facts, boolean usage) {
    return Bytes.utf8(
        switch (facts.operation().name()) {
          case "embeddings" ->
              "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.25,-0.5,0.125]}],"
                  + "\"model\":%s%s}".formatted(model(facts), usage(facts, 0, usage));
          case "text_completion" ->
              "{\"id\":\"cmpl-fake\",\"object\":\"text_completion\",\"created\":1700000000,\"model\":%s,"
                      .formatted(model(facts))
                  + "\"choices\":[{\"text\":\"word word \",\"index\":0,\"logprobs\":null,\"finish_reason\":\"stop\"}]"
                  + usage(facts, 2, usage)
                  + "}";
          default ->
              "{\"id\":\"chatcmpl-fake\",\"object\":\"chat.completion\",\"created\":1700000000,\"model\":%s,"
                      .formatted(model(facts))
                  + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":%s,\"refusal\":null},"
                      .formatted(JsonText.quote("Hello from " + facts.model()))
                  + "\"logprobs\":null,\"finish_reason\":\"stop\"}]"
                  + usage(facts, 4, usage)
                  + "}";
        });
  }

  static Bytes event(RequestFacts facts, int index) {
    String delta =
        index == 0
            ? "{\"role\":\"assistant\",\"content\":\"" + WORD + "\"}"
            : "{\"content\":\"" + WORD + "\"}";
    return chunk(facts, "[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":null}]", "");
  }

  /** The events that end a stream: the finish reason, usage where asked, the end mark. */
  static Bytes end(RequestFacts facts, int events, boolean usage) {
    boolean asked = facts.streamUsage() == null;
    String last =
        chunk(facts, "[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]", "").text();
    String counts = asked && usage ? chunk(facts, "[]", usage(facts, events, true)).text() : "";
    return Bytes.utf8(last + counts + "data: [DONE]\n\n");
  }

  /** Returns a response as it is stored, or that it is no more. */
  static Bytes stored(RequestFacts facts) {
    String id = JsonText.quote(facts.references().all().getFirst().id());
    return Bytes.utf8(
        switch (facts.operation().name()) {
          case "delete_response" ->
              "{\"id\":%s,\"object\":\"response\",\"deleted\":true}".formatted(id);
          case "list_input_items" ->
              "{\"object\":\"list\",\"data\":[],\"first_id\":null,\"last_id\":null,\"has_more\":false}";
          default ->
              "{\"id\":%s,\"object\":\"response\",\"created_at\":1700000000,\"status\":\"completed\",\"model\":\"fake\",\"output\":[]}"
                  .formatted(id);
        });
  }

  static Bytes error(int status, String code) {
    return Dialects.usual().error(status, code, "fake provider: " + code, null);
  }

  private static Bytes chunk(RequestFacts facts, String choices, String usage) {
    return Bytes.utf8(
        "data: {\"id\":\"chatcmpl-fake\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":%s,\"choices\":%s%s}\n\n"
            .formatted(model(facts), choices, usage));
  }

  private static String usage(RequestFacts facts, int output, boolean stated) {
    int input = Math.max(1, facts.promptBytes() / 4);
    return stated
        ? ",\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d}"
            .formatted(input, output, input + output)
        : "";
  }

  private static String model(RequestFacts facts) {
    return JsonText.quote(facts.model());
  }
}
