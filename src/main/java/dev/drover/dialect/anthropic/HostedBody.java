package dev.drover.dialect.anthropic;

import dev.drover.dialect.Edit;
import dev.drover.json.JsonScanner;
import dev.drover.json.Limits;
import dev.drover.types.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Fits a request of the Messages API to a cloud that hosts its models: the path names the model,
 * and the body the version of the API. No other byte is touched.
 */
final class HostedBody {
  private HostedBody() {}

  /**
   * Returns the body as a rope.
   *
   * @param body a request that was read before
   * @param version of the API, as the cloud names it
   * @param left names of top-level members that the cloud does not take
   */
  static List<Bytes> of(Bytes body, String version, Set<String> left) {
    List<Edit> edits = new ArrayList<>();
    JsonScanner in = new JsonScanner(body, Limits.DEFAULT);
    in.beginObject();
    int inside = in.consumed();
    int end = inside;
    boolean kept = false;
    boolean any = false;
    while (in.nextField()) {
      String name = in.key();
      in.skip();
      if (left.contains(name) || name.equals("anthropic_version")) {
        int to = kept ? in.consumed() : afterComma(body, in.consumed());
        edits.add(new Edit(end, to, Bytes.EMPTY));
        end = to;
      } else {
        end = in.consumed();
        kept = true;
        any = true;
      }
    }
    String member = "\"anthropic_version\":\"" + version + "\"" + (any ? "," : "");
    edits.addFirst(Edit.insert(inside, member));
    return Edit.apply(body, edits);
  }

  private static int afterComma(Bytes body, int from) {
    int at = from;
    while (at < body.length() && body.at(at) <= ' ' && body.at(at) >= 0) {
      at++;
    }
    return at < body.length() && body.at(at) == ',' ? at + 1 : from;
  }
}
