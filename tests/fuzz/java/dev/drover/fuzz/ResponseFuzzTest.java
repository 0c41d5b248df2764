package dev.drover.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.drover.dialect.Dialect;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.ParseResult;
import dev.drover.dialect.ResponseHead;
import dev.drover.dialect.ResponseReader;
import dev.drover.types.Bytes;
import java.util.Objects;

/** Any bytes as an answer, JSON or event stream, plain or gzip, in chunks: never an exception. */
class ResponseFuzzTest {
  private static final Bytes REQUEST = Bytes.utf8("{\"model\":\"m\",\"stream\":true}");

  @FuzzTest
  void read(byte[] answer) {
    Dialect dialect = Dialects.all().getFirst();
    var operation =
        Objects.requireNonNull(dialect.client().operation("POST", "/v1/chat/completions"));
    if (!(dialect.client().parse(operation, REQUEST) instanceof ParseResult.Read(var facts))) {
      throw new AssertionError("the request is sound");
    }
    for (String type : new String[] {"text/event-stream", "application/json"}) {
      for (String encoding : new String[] {"", "gzip"}) {
        try (ResponseReader reader =
            dialect.provider().reader(facts, new ResponseHead(200, type, encoding), true)) {
          int half = answer.length / 2;
          reader.read(Bytes.of(answer).slice(0, half), false);
          reader.read(Bytes.of(answer).slice(half, answer.length), true);
          reader.facts(true);
        }
      }
    }
  }
}
