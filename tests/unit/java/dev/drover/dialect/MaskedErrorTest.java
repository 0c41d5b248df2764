package dev.drover.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.testing.Requests;
import dev.drover.types.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A provider that repeats a key in its error tells no client about it. */
class MaskedErrorTest {
  private static final String OWN = "company-key_0815";

  private static String passed(String type, String body, int chunk) {
    ResponseTransform transform =
        Translation.same(Dialects.usual())
            .response(
                Requests.facts("{\"model\":\"m\",\"messages\":[]}"),
                new ResponseHead(401, type, ""),
                Requests.CONTEXT,
                false,
                List.of(OWN));
    StringBuilder out = new StringBuilder();
    Bytes all = Bytes.utf8(body);
    for (int at = 0; at < all.length(); at += chunk) {
      int end = Math.min(at + chunk, all.length());
      Bytes piece = all.slice(at, end);
      Bytes other = transform.apply(piece, end == all.length());
      out.append((other == null ? piece : other).text());
    }
    transform.close();
    return out.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        OWN,
        "sk-proj-abcdefgh12345678",
        "gsk_abcdefgh12345678",
        "AIzaSyA1234567890abcdef",
        "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOi.eyJzdWIi.c2ln"
      })
  void key_becomesAsterisks_ofTheSameLength(String key) {
    String body = "{\"error\":{\"message\":\"Incorrect key: " + key + ", é stays.\"}}";
    for (int chunk : new int[] {1, 7, 1000}) {
      assertThat(passed("application/json", body, chunk))
          .isEqualTo(body.replace(key, "*".repeat(key.length())));
    }
    assertThat(passed("text/plain", "no key " + key + " here", 5)).doesNotContain(key);
  }

  @Test
  void errorWithoutASecret_isUntouched() {
    String body = "{\"error\":{\"code\":429,\"sha\":\"a94a8fe5ccb19ba61c4c0873d391e987982fbbd3\"}}";
    assertThat(passed("application/json", body, 10)).isEqualTo(body);
  }

  @Test
  void ofALongError_theBeginningIsPassed() {
    String passed = passed("application/json", "x".repeat(200_000) + OWN, 1000);
    assertThat(passed).isEqualTo("x".repeat(MaskedError.MOST));
  }
}
