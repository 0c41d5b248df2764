package dev.drover.testing;

import dev.drover.catalog.Model;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.ParseResult;
import dev.drover.dialect.RequestFacts;
import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.chat.ToolNames;
import dev.drover.routing.Origin;
import dev.drover.routing.RoutingHints;
import dev.drover.routing.RoutingRequest;
import dev.drover.routing.task.Tasks;
import dev.drover.types.Bytes;

/** Chat requests for tests. */
public final class Requests {
  private Requests() {}

  /** The context of a response that is not translated. */
  public static final ResponseContext CONTEXT =
      new ResponseContext(false, true, "x", 0, 0, ToolNames.NONE, "");

  /** The facts of a chat request with this body. */
  public static RequestFacts facts(String body) {
    var client = Dialects.usual();
    if (client.parse(client.operation("POST", "/v1/chat/completions"), Bytes.utf8(body))
        instanceof ParseResult.Read(var facts)) {
      return facts;
    }
    throw new AssertionError(body);
  }

  /** A request with no wish but an explanation, of no particular task. */
  public static RoutingRequest ask(String id, Model model, RequestFacts facts) {
    return ask(id, model, facts, RoutingHints.NONE.explained());
  }

  public static RoutingRequest ask(String id, Model model, RequestFacts facts, RoutingHints hints) {
    return new RoutingRequest(id, model, facts, hints, Tasks.GENERAL, null, Origin.UNKNOWN);
  }
}
