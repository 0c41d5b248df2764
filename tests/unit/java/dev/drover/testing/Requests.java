package dev.drover.testing;

import dev.drover.catalog.Model;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.Reading;
import dev.drover.dialect.RequestFacts;
import dev.drover.routing.Ask;
import dev.drover.routing.Origin;
import dev.drover.routing.Wishes;
import dev.drover.routing.task.Tasks;
import dev.drover.types.Bytes;

/** Chat requests for tests. */
public final class Requests {
  private Requests() {}

  /** The facts of a chat request with this body. */
  public static RequestFacts facts(String body) {
    var dialect = Dialects.all().getFirst();
    if (dialect.read(dialect.endpoint("POST", "/v1/chat/completions"), Bytes.utf8(body))
        instanceof Reading.Read(var facts)) {
      return facts;
    }
    throw new AssertionError(body);
  }

  /** A request with no wish but an explanation, of no particular task. */
  public static Ask ask(String id, Model model, RequestFacts facts) {
    return ask(id, model, facts, Wishes.NONE.explained());
  }

  public static Ask ask(String id, Model model, RequestFacts facts, Wishes wishes) {
    return new Ask(id, model, facts, wishes, Tasks.GENERAL, null, Origin.UNKNOWN);
  }
}
