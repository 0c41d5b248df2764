package dev.drover.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.dialect.References.Reference;
import dev.drover.types.Bytes;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** References of requests in the Responses API. */
class ReferencesTest {
  private static final ClientApi RESPONSES = Dialects.clientNamed("responses").orElseThrow();

  private static ParseResult parse(String fields) {
    return RESPONSES.parse(
        RESPONSES.operations().getFirst(), Bytes.utf8("{\"model\":\"m\"" + fields + "}"));
  }

  private static References references(String fields) {
    return parse(fields) instanceof ParseResult.Read(RequestFacts facts)
        ? facts.references()
        : References.NONE;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "-|''",
        ",\"previous_response_id\":null|''",
        ",\"previous_response_id\":\"r\"|r previous_response_id",
        ",\"input\":\"item_reference\"|''",
        ",\"input\":[{\"type\":\"item_reference\",\"id\":\"i\"}]|i input",
        ",\"input\":[{\"id\":\"i\",\"type\":\"item_reference\"}]|i input",
        ",\"input\":[{\"id\":\"i\"}]|i input",
        ",\"input\":[{\"id\":\"\\u0069\"},{\"id\":\"i\"}]|i input",
        ",\"input\":[{\"id\":\"i\",\"type\":null}]|i input",
        ",\"input\":[{\"id\":\"i\",\"id\":\"j\"}]|i input, j input",
        ",\"input\":[{\"id\":\"i\",\"role\":\"developer\",\"content\":\"x\"}]|''",
        ",\"input\":[{\"id\":\"i\",\"type\":\"reasoning\",\"summary\":[]}]|''",
        ",\"input\":[{\"id\":\"i\",\"type\":\"function_call\"},{\"id\":\"j\"}]|j input",
        ",\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"item_reference\",\"id\":\"i\"}]}]|''",
        ",\"input\":[{\"id\":\"i\"}],\"previous_response_id\":\"r\"|i input, r previous_response_id",
      })
  void storedThings_areNamed(String fields, String expected) {
    assertThat(
            references(fields == null ? "" : fields).all().stream()
                .map(each -> each.id() + " " + each.param())
                .collect(Collectors.joining(", ")))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|true|false|false",
        ",\"store\":true|true|false|false",
        ",\"store\":false|false|false|false",
        ",\"store\":null|true|false|false",
        ",\"background\":true|true|true|false",
        ",\"conversation\":\"conv_1\"|true|false|true",
        ",\"conversation\":{\"id\":\"conv_1\"}|true|false|true",
        ",\"conversation\":null|true|false|false",
        ",\"prompt\":{\"id\":\"p\"}|true|false|true",
      })
  void whatIsStored_isTold(String fields, boolean stores, boolean background, boolean others) {
    References references = references(fields);
    assertThat(references.stores()).isEqualTo(stores);
    assertThat(references.background()).isEqualTo(background);
    assertThat(references.others()).isEqualTo(others);
    assertThat(references.any()).isEqualTo(others);
  }

  @Test
  void aThousandReferences_areTheMost() {
    assertThat(references(many(1000)).all()).hasSize(1000);
    assertThat(parse(many(1001)))
        .isInstanceOfSatisfying(
            ParseResult.Rejected.class,
            rejected -> assertThat(rejected.code()).isEqualTo("too_many_references"));
  }

  private static String many(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "{\"id\":\"i" + i + "\"}")
        .collect(Collectors.joining(",", ",\"input\":[", "]"));
  }

  @Test
  void otherApis_referToNothing() {
    ClientApi chat = Dialects.usual();
    ParseResult read =
        chat.parse(
            chat.operations().getFirst(),
            Bytes.utf8("{\"model\":\"m\",\"messages\":[{\"id\":\"i\"}],\"store\":true}"));
    assertThat(((ParseResult.Read) read).facts().references()).isEqualTo(References.NONE);
    assertThat(References.path("r").all()).containsExactly(new Reference("r", null));
  }
}
