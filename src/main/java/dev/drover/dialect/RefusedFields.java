package dev.drover.dialect;

import dev.drover.json.JsonScanner;
import dev.drover.json.JsonScanner.Kind;
import dev.drover.json.Limits;
import dev.drover.types.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Takes fields out of a request that a provider would refuse the request for. A bound on output
 * under its newer name gets the older one, so that it still holds. No other byte changes.
 */
final class RefusedFields {
  private static final String NEWER = "max_completion_tokens";
  private static final String OLDER = "max_tokens";

  /**
   * A field of the outermost object.
   *
   * @param from the byte behind the field before it, or behind the opening brace
   * @param value the first byte of its value
   * @param to the byte behind its value
   */
  private record Field(int from, int value, int to, boolean refused, boolean newer) {}

  private RefusedFields() {}

  /**
   * Returns a request without the fields.
   *
   * @param clients the client's body, for a request that sends it as it came
   * @param refused names of fields of the outermost object
   */
  static UpstreamRequest without(UpstreamRequest request, Bytes clients, Set<String> refused) {
    List<Bytes> parts = request.body().parts(clients);
    Bytes body = parts.size() == 1 ? parts.getFirst() : Bytes.join(parts);
    List<Edit> edits = edits(body, refused);
    return edits.isEmpty()
        ? request
        : new UpstreamRequest(
            request.method(),
            request.path(),
            request.headers(),
            new UpstreamRequest.Body.Rope(Edit.apply(body, edits)));
  }

  private static List<Edit> edits(Bytes body, Set<String> refused) {
    JsonScanner scanner = new JsonScanner(body, Limits.DEFAULT);
    List<Field> fields = new ArrayList<>();
    boolean older = false;
    scanner.beginObject();
    int from = scanner.consumed();
    while (scanner.nextField()) {
      String key = scanner.key();
      int value = scanner.position();
      boolean number = scanner.peek() == Kind.NUMBER;
      scanner.skip();
      older |= key.equals(OLDER) && number;
      boolean empty = key.equals(OLDER) && !number && refused.contains(NEWER);
      fields.add(
          new Field(
              from, value, scanner.consumed(), empty || refused.contains(key), key.equals(NEWER)));
      from = scanner.consumed();
    }
    return edits(body, fields, older);
  }

  private static List<Edit> edits(Bytes body, List<Field> fields, boolean older) {
    List<Edit> edits = new ArrayList<>();
    boolean comma = false;
    for (Field field : fields) {
      if (field.refused() && (older || !field.newer())) {
        edits.add(new Edit(field.from(), field.to(), Bytes.EMPTY));
        continue;
      }
      int key = quote(body, field.from());
      if (!comma && !field.equals(fields.getFirst())) {
        edits.add(new Edit(field.from(), key, Bytes.EMPTY));
      }
      if (field.refused()) {
        edits.add(new Edit(key, field.value(), Bytes.utf8("\"" + OLDER + "\":")));
      }
      comma = true;
    }
    return edits;
  }

  /** Returns the place of the quotation mark that begins a field's key. */
  private static int quote(Bytes body, int from) {
    int at = from;
    while (body.at(at) != '"') {
      at++;
    }
    return at;
  }
}
