package dev.drover.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.testing.Configs;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A config that does not say who may call serves its own machine only. */
class HereOnlyTest {
  private static final String SILENT = Configs.THREE.replace("STRATEGY", "priority");

  private static Outbound first(
      String yaml, @Nullable String source, @Nullable String forwarded, String path) {
    Scene scene = Scene.asItIs(yaml);
    Inbound.RequestHeaders head =
        new Inbound.RequestHeaders(
            Scene.headers(
                ":method",
                path.endsWith("models") ? "GET" : "POST",
                ":path",
                path,
                "content-length",
                "10",
                "x-forwarded-for",
                forwarded == null ? "" : forwarded),
            path.endsWith("models"),
            Scene.BUFFERED,
            null,
            null,
            source,
            null,
            Map.of());
    return scene.open().advance(head).getFirst();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "127.0.0.1:4711,-,true",
        "127.8.9.1:4711,10.0.0.1,true",
        "[::1]:4711,-,true",
        "/run/envoy.sock,-,true",
        "@abstract,-,true",
        "10.1.2.3:4711,-,false",
        "10.1.2.3:4711,127.0.0.1,false", // what a client writes does not count
        "[2001:db8::1]:80,-,false",
        "[::ffff:10.0.0.1]:80,-,false",
        "localhost.evil.example:80,-,false",
        "nonsense,-,false",
        "-,127.0.0.1,true",
        "-,'10.0.0.1, 127.0.0.1',true",
        "-,::1,true",
        "-,'127.0.0.1, 10.0.0.1',false",
        "-,'127.0.0.1,',false",
        "-,-,false",
      })
  void onlyThisMachineIsServed(@Nullable String source, @Nullable String forwarded, boolean here) {
    for (String path : new String[] {"/v1/chat/completions", "/v1/messages", "/v1/models"}) {
      Outbound reply = first(SILENT, source, forwarded, path);
      boolean refused =
          reply instanceof Outbound.ImmediateResponse answer && answer.status() == 403;
      assertThat(refused).as(path).isEqualTo(!here);
      if (reply instanceof Outbound.ImmediateResponse answer && refused) {
        assertThat(answer.body().text()).contains("does not say who may call", "`anonymous: true`");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:8080,true",
    "localhost:8080,true",
    "[::1]:8080,true",
    "0.0.0.0:8080,false",
    "[::]:8080,false",
    "10.0.0.1:8080,false",
    "llm.example:8080,false",
  })
  void listenerForOthers_wantsCallers(String listen, boolean sound) {
    String yaml = SILENT + "envoy: { listen: \"" + listen + "\" }\n";
    assertThat(ConfigLoader.parse(yaml) instanceof Loaded.Sound).isEqualTo(sound);
    assertThat(Configs.load(yaml + "anonymous: true\n").envoyListen()).isEqualTo(listen);
  }

  @Test
  void listenerThatIsNotSaid_isForThoseWhoMayCall() {
    assertThat(Configs.load(SILENT).envoyListen()).isEqualTo("127.0.0.1:8080");
    assertThat(Configs.load(SILENT + "anonymous: true\n").envoyListen()).isEqualTo("0.0.0.0:8080");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "anonymous: true|200",
        "anonymous: false|401",
        "keys: [ { id: a, sha256: \"0c265a5fa80802eee17a490f3087c2375e215addf09baf3e7cf921f3fa6536c8\" } ]|401",
        "workloads: [ { id: w, spiffe_id: \"spiffe://a/b\" } ]|401",
      })
  void configThatSaysWhoMayCall_decidesByThat(String who, int status) {
    Outbound reply = first(SILENT + who + "\n", "10.1.2.3:4711", null, "/v1/models");
    assertThat(((Outbound.ImmediateResponse) reply).status()).isEqualTo(status);
  }
}
