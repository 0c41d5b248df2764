package dev.drover.dialect.request;

import dev.drover.dialect.Edit;
import dev.drover.json.JsonScanner;
import dev.drover.json.JsonScanner.Kind;
import dev.drover.json.Limits;
import dev.drover.json.MalformedJson;
import dev.drover.types.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Takes out of a request what only a provider of another API can read: thoughts with that one's
 * signatures, and signatures in the ids of tool calls. A conversation that was begun there goes on
 * here. Confined to one thread.
 */
public final class ForeignProofs {
  private static final byte[] MARK = "\"drover.".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] EMPTY = "\"signature\":\"\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SPACED = "\"signature\": \"\"".getBytes(StandardCharsets.US_ASCII);

  /** The beginning of a mark in Base64, as Gemini's clients carry it. */
  private static final String BASE64 = "ZHJvdmVyL";

  /** The text that Google documents for calls whose thoughts another model had. */
  private static final String SKIP = "\"skip_thought_signature_validator\"";

  private static final byte[] ENCODED = ('"' + BASE64).getBytes(StandardCharsets.US_ASCII);
  private static final byte[] IN_ID = "__sig_".getBytes(StandardCharsets.US_ASCII);
  private static final Set<String> IDS = Set.of("id", "call_id", "tool_call_id", "tool_use_id");
  private static final Set<String> THOUGHTS = Set.of("thinking", "reasoning", "reasoning.text");
  private static final Set<String> PROOFS = Set.of("signature", "encrypted_content");

  /** A turn must not be empty. */
  private static final Bytes NOTHING = Bytes.utf8("{\"type\":\"text\",\"text\":\"…\"}");

  private final Bytes body;
  private final JsonScanner in;
  private final List<Edit> edits = new ArrayList<>();

  private ForeignProofs(Bytes body) {
    this.body = body;
    this.in = new JsonScanner(body, Limits.DEFAULT);
  }

  /** Returns a request without them; the same bytes when there are none. */
  public static Bytes without(Bytes body) {
    if (!has(body, MARK)
        && !has(body, EMPTY)
        && !has(body, SPACED)
        && !has(body, ENCODED)
        && !has(body, IN_ID)) {
      return body;
    }
    ForeignProofs proofs = new ForeignProofs(body);
    try {
      proofs.value();
    } catch (MalformedJson _) {
      return body; // read before, so it cannot be
    }
    proofs.edits.sort(Comparator.comparingInt(Edit::from));
    return proofs.edits.isEmpty() ? body : Bytes.join(Edit.apply(body, proofs.edits));
  }

  private static boolean has(Bytes body, byte[] text) {
    for (int i = 0; i <= body.length() - text.length; i++) {
      if (body.at(i) == text[0] && body.startsWith(text, i)) {
        return true;
      }
    }
    return false;
  }

  /** Passes over a value; returns whether it is an object that holds foreign thoughts. */
  private boolean value() {
    switch (in.peek()) {
      case OBJECT -> {
        return object();
      }
      case ARRAY -> array();
      default -> in.skip();
    }
    return false;
  }

  private boolean object() {
    boolean thought = false;
    boolean foreign = false;
    in.beginObject();
    while (in.nextField()) {
      String name = in.key();
      if (in.peek() != Kind.STRING) {
        value();
      } else if (name.equals("type")) {
        thought = THOUGHTS.contains(in.string());
      } else if (PROOFS.contains(name)) {
        String proof = in.string();
        foreign = proof.isEmpty() || proof.startsWith("drover.");
      } else if (name.equals("thoughtSignature")) {
        int from = in.position();
        if (in.string().startsWith(BASE64)) {
          edits.add(new Edit(from, in.consumed(), Bytes.utf8(SKIP)));
        }
      } else if (IDS.contains(name)) {
        id();
      } else {
        in.skip();
      }
    }
    return thought && foreign;
  }

  private void id() {
    int from = in.position();
    in.skip();
    int end = in.consumed() - 1;
    for (int i = from + 1; i < end; i++) {
      if (body.startsWith(IN_ID, i)) {
        edits.add(new Edit(i, end, Bytes.EMPTY));
        return;
      }
    }
  }

  private void array() {
    List<int[]> elements = new ArrayList<>();
    List<Boolean> cut = new ArrayList<>();
    in.beginArray();
    while (in.nextElement()) {
      int from = in.position();
      cut.add(value());
      elements.add(new int[] {from, in.consumed()});
    }
    if (cut.contains(true)) {
      cut(elements, cut);
    }
  }

  private void cut(List<int[]> elements, List<Boolean> cut) {
    boolean kept = false;
    int last = elements.size() - 1;
    for (int i = 0; i <= last; i++) {
      int[] span = elements.get(i);
      if (!cut.get(i)) {
        kept = true;
      } else if (kept) {
        edits.add(new Edit(elements.get(i - 1)[1], span[1], Bytes.EMPTY));
      } else if (i < last) {
        edits.add(new Edit(span[0], elements.get(i + 1)[0], Bytes.EMPTY));
      } else {
        edits.add(new Edit(span[0], span[1], NOTHING));
      }
    }
  }
}
