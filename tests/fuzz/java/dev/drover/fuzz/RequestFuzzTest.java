package dev.drover.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.drover.dialect.Dialect;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.ParseResult;
import dev.drover.types.Bytes;
import java.util.Objects;

/**
 * Any bytes as a request body: a reading or a rejection, never an exception; edits stay within the
 * body.
 */
class RequestFuzzTest {
  @FuzzTest
  void read(byte[] body) {
    Dialect dialect = Dialects.all().getFirst();
    var operation =
        Objects.requireNonNull(dialect.client().operation("POST", "/v1/chat/completions"));
    if (dialect.client().parse(operation, Bytes.of(body)) instanceof ParseResult.Read(var facts)) {
      dialect.provider().fit(facts, Bytes.of(body), "another-model", true);
    }
  }
}
