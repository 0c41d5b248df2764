package dev.drover.dialect.responses;

import dev.drover.dialect.Operation;
import dev.drover.dialect.References;
import dev.drover.dialect.References.Reference;
import dev.drover.dialect.request.RequestScan;
import dev.drover.json.JsonScanner.Kind;
import dev.drover.types.Bytes;
import dev.drover.types.Capability;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the facts of one request in OpenAI's Responses API. */
final class ResponsesScan extends RequestScan {
  private static final String PREVIOUS = "previous_response_id";

  private static final List<String> KNOWN =
      List.of(
          "model",
          "stream",
          "max_output_tokens",
          "input",
          "instructions",
          "tools",
          "text",
          "temperature",
          "top_logprobs",
          PREVIOUS,
          "conversation",
          "prompt",
          "store",
          "background");

  /** The most stored items that a request may refer to. */
  private static final int MOST_REFERENCES = 1000;

  private final Map<String, Reference> references = new LinkedHashMap<>();
  private final List<String> itemIds = new ArrayList<>(1);
  private boolean typed;
  private boolean referring;
  private boolean others;
  private boolean stores = true;
  private boolean background;

  ResponsesScan(Operation operation, Bytes body) {
    super(operation, body, KNOWN);
  }

  @Override
  protected void field() {
    if (in.keyIs("model")) {
      model();
    } else if (in.keyIs("stream")) {
      stream();
    } else if (in.keyIs("max_output_tokens")) {
      maxOutput();
    } else if (in.keyIs("input")) {
      input();
    } else if (in.keyIs("instructions")) {
      system();
    } else if (in.keyIs("tools")) {
      tools();
    } else if (in.keyIs("text")) {
      formatWithin();
    } else if (in.keyIs("temperature")) {
      temperature();
    } else if (in.keyIs("top_logprobs")) {
      if (positive(0) > 0) {
        needs(Capability.LOGPROBS);
      }
    } else if (in.keyIs(PREVIOUS) && in.peek() == Kind.STRING) {
      refer(in.string(), PREVIOUS);
    } else if (in.keyIs("conversation") || in.keyIs("prompt")) {
      others |= in.peek() != Kind.NULL;
      in.skip();
    } else if (in.keyIs("background") && in.peek() == Kind.BOOLEAN) {
      background = in.bool();
    } else if (in.keyIs("store") && in.peek() == Kind.BOOLEAN) {
      stores = in.bool();
    } else {
      in.skip();
    }
  }

  private void refer(String id, String param) {
    if (references.size() < MOST_REFERENCES) {
      references.putIfAbsent(id, new Reference(id, param));
    } else if (!references.containsKey(id)) {
      reject(
          "too_many_references",
          param
              + ": refers to more than "
              + MOST_REFERENCES
              + " stored items (expected: at most that)",
          param);
    }
  }

  @Override
  protected boolean itemField() {
    if (in.keyIs("id") && in.peek() == Kind.STRING) {
      itemIds.add(in.string());
      return true;
    }
    if (in.keyIs("type") && in.peek() == Kind.STRING) {
      media.field();
      typed = true;
      referring |= in.skippedIs("item_reference");
      return true;
    }
    return false;
  }

  /** An item without type and role is a reference too. */
  @Override
  protected void itemEnds(boolean hasRole) {
    if (referring || (!typed && !hasRole)) {
      itemIds.forEach(id -> refer(id, "input"));
    }
    itemIds.clear();
    typed = false;
    referring = false;
  }

  @Override
  protected References references() {
    return new References(List.copyOf(references.values()), others, stores, background, 0);
  }

  private void input() {
    if (in.peek() == Kind.STRING) {
      prompt();
    } else {
      messages();
    }
  }
}
