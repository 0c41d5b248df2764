package dev.drover.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.dialect.Dialects;
import dev.drover.json.Limits;
import dev.drover.testing.FakeTicker;
import dev.drover.types.Bytes;
import dev.drover.types.NanoDollars;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CacheKeyTest {
  private static final Set<String> IGNORED = Dialects.usual().fieldsWithoutEffect();

  private static CacheKey key(String body) {
    return CacheKey.of(
        "team a", "/chat/completions", Map.of(), "chat", Bytes.utf8(body), IGNORED, Limits.DEFAULT);
  }

  @Test
  void orderBlanksAndDelivery_doNotMatter() {
    CacheKey key =
        key(
            "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"hé\"}],\"temperature\":0}");
    assertThat(
            key(
                " { \"temperature\" : 0, \"stream\":true, \"stream_options\":{\"include_usage\":true}, \"user\":\"u\",\n"
                    + "\"messages\" : [ {\"content\":\"h\\u00e9\", \"role\":\"user\"} ], \"model\":\"alias\" } "))
        .isEqualTo(key);
  }

  @Test
  void anythingElse_matters() {
    String body =
        "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"user\",\"content\":\"b\"}],\"temperature\":0}";
    CacheKey key = key(body);
    assertThat(key(body.replace("\"a\"", "\"c\""))).isNotEqualTo(key);
    assertThat(key(body.replace("0}", "0.0}"))).isNotEqualTo(key);
    assertThat(key(body.replace("0}", "0,\"seed\":1}"))).isNotEqualTo(key);
    assertThat(key(body.replace("0}", "0,\"temperature\":0}"))).isNotEqualTo(key);
    assertThat(
            key(
                "{\"messages\":[{\"role\":\"user\",\"content\":\"b\"},{\"role\":\"user\",\"content\":\"a\"}],\"temperature\":0}"))
        .as("order of messages")
        .isNotEqualTo(key);
    assertThat(key("{\"messages\":[],\"x\":{\"stream\":true}}"))
        .as("only the outermost stream is delivery")
        .isNotEqualTo(key("{\"messages\":[],\"x\":{}}"));
    Bytes bytes = Bytes.utf8(body);
    assertThat(
            CacheKey.of(
                "team b", "/chat/completions", Map.of(), "chat", bytes, IGNORED, Limits.DEFAULT))
        .isNotEqualTo(key);
    assertThat(
            CacheKey.of("team a", "/completions", Map.of(), "chat", bytes, IGNORED, Limits.DEFAULT))
        .isNotEqualTo(key);
    assertThat(
            CacheKey.of(
                "team a", "/chat/completions", Map.of(), "other", bytes, IGNORED, Limits.DEFAULT))
        .isNotEqualTo(key);
  }

  @Test
  void queryAndVisibleHeaders_andLoneSurrogates_matter() {
    String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"TEXT\"}]}";
    Set<CacheKey> keys = new HashSet<>();
    for (String text : new String[] {"\\ud800", "\\ud801", "\\udc00", "?", "\ufffd"}) {
      keys.add(key(body.replace("TEXT", text)));
    }
    assertThat(keys).hasSize(5);
    Bytes bytes = Bytes.utf8(body);
    for (Map<String, String> visible :
        List.of(
            Map.<String, String>of(),
            Map.of("?", "?a=1"),
            Map.of("openai-beta", "x"),
            Map.of("openai-beta", "y"))) {
      keys.add(
          CacheKey.of(
              "team a", "/chat/completions", visible, "chat", bytes, IGNORED, Limits.DEFAULT));
    }
    assertThat(keys).hasSize(9);
  }

  @Test
  void answers_liveTheirTime_andMakeRoom() {
    FakeTicker time = new FakeTicker();
    ResponseCache cache = new ResponseCache(10_000, time);
    CachedResponse answer =
        new CachedResponse(
            false, "application/json", Bytes.of(new byte[1_000]), "t", "m", NanoDollars.ZERO);
    cache.put(key("{\"a\":1}"), answer, 1_000);
    time.advance(Duration.ofNanos(999));
    assertThat(cache.find(key("{\"a\":1}"))).isEqualTo(answer);
    time.advance(Duration.ofNanos(1));
    assertThat(cache.find(key("{\"a\":1}"))).isNull();
    int found = 0;
    for (int i = 0; i < 100; i++) {
      cache.put(key("{\"a\":" + i + "}"), answer, 1_000);
    }
    for (int i = 0; i < 100; i++) {
      found += cache.find(key("{\"a\":" + i + "}")) == null ? 0 : 1;
    }
    assertThat(found).isBetween(0, 40);
  }
}
