package dev.drover.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.json.Json;
import dev.drover.types.Bytes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusedFieldsTest {
  private static String without(String body, String... refused) {
    Bytes bytes = Bytes.utf8(body);
    UpstreamRequest request =
        new UpstreamRequest("POST", "/v1/chat/completions", Map.of(), UpstreamRequest.UNCHANGED);
    return Bytes.join(RefusedFields.without(request, bytes, Set.of(refused)).body().parts(bytes))
        .text();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          {"a":1,"b":2,"c":3};        {"b":2,"c":3};   a
          {"b":1,"a":[{"a":1}],"c":3};{"b":1,"c":3};   a
          {"b":1 , "a" : "x" };       {"b":1 };        a
          { "a":1};                   {};              a
          {};                         {};              a
          {"a":1 ,  "b":{"a":1}};     {"b":{"a":1}};   a
          {"\\u0061":1,"b":2};         {"b":2};         a
          {"b":1};                    {"b":1};         a
          {"max_completion_tokens":9,"a":1};  {"max_tokens":9,"a":1}; max_completion_tokens
          {"a":1, "max_completion_tokens": 9};{"a":1, "max_tokens":9}; max_completion_tokens
          {"max_tokens":8,"max_completion_tokens":9};{"max_tokens":8};  max_completion_tokens
          {"max_completion_tokens":9,"max_tokens":8};{"max_tokens":8};  max_completion_tokens
          {"max_tokens":null,"max_completion_tokens":9};{"max_tokens":9};  max_completion_tokens
          """)
  void field_isTakenOut_andNothingElse(String body, String expected, String refused) {
    assertThat(without(body, refused)).isEqualTo(expected);
  }

  /** All sets of refused fields among four, whatever their order. */
  @Test
  void anySet_leavesTheOthers() {
    List<String> names = List.of("w", "x", "y", "z");
    String body = "{ \"w\" : 1,\n\"x\":\"a,\\\"b\", \"y\":[1,2] ,\"z\":{\"w\":0} }";
    for (int bits = 0; bits < 16; bits++) {
      int set = bits;
      Set<String> refused =
          IntStream.range(0, 4)
              .filter(i -> (set >> i & 1) != 0)
              .mapToObj(names::get)
              .collect(Collectors.toSet());
      Map<String, String> kept = new TreeMap<>();
      Json before = Json.parse(Bytes.utf8(body));
      names.stream()
          .filter(name -> !refused.contains(name))
          .forEach(name -> kept.put(name, before.get(name).toString()));
      Json after = Json.parse(Bytes.utf8(without(body, refused.toArray(String[]::new))));
      Map<String, String> found = new TreeMap<>();
      names.stream()
          .filter(name -> after.has(name))
          .forEach(name -> found.put(name, after.get(name).toString()));
      assertThat(found).as("without %s", refused).isEqualTo(kept);
    }
  }
}
