package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.drover.tools.fake.FakeProvider;
import dev.drover.tools.standin.DataPlane;
import dev.drover.tools.standin.TestDataPlane;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An Envoy whose filter streams both bodies in full duplex, as people write it by hand. */
class FullDuplexIT {
  @TempDir Path folder;
  Rig rig;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(TestDataPlane.isEnvoy(), "no Envoy is here, and the stand-in has no time-outs");
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Path binary = TestDataPlane.binary().orElseThrow();
    rig =
        new Rig(
            folder,
            (config, where) ->
                DataPlane.envoy(
                    binary,
                    fullDuplex(TestDataPlane.bootstrap(config)),
                    TestDataPlane.listen(config),
                    where,
                    nowhere),
            Rig.yaml().replace("envoy: {", "envoy: { request_timeout: 1s,"));
  }

  @AfterEach
  void stop() throws Exception {
    if (rig != null) {
      rig.close();
    }
  }

  static String fullDuplex(String bootstrap) {
    String edited =
        bootstrap
            .replaceAll(
                "request_body_mode: BUFFERED( +)?\n", "request_body_mode: FULL_DUPLEX_STREAMED\n")
            .replaceFirst(
                "(FULL_DUPLEX_STREAMED\n[^%]*?)response_body_mode: STREAMED\n([^%]*?)"
                    + "request_trailer_mode: SKIP\n([^%]*?)response_trailer_mode: SKIP",
                "$1response_body_mode: FULL_DUPLEX_STREAMED\n$2"
                    + "request_trailer_mode: SEND\n$3response_trailer_mode: SEND");
    assertThat(edited).contains("response_body_mode: FULL_DUPLEX_STREAMED");
    return edited;
  }

  @Test
  void firstAttempt_hasItsLength() throws Exception {
    String body = Http.chat("chat");
    var response = Http.post(rig.url() + Http.CHAT, body);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("Hello from cheap-1");
    FakeProvider.Received received = rig.first.received().getLast();
    assertThat(received.headers())
        .containsEntry("content-length", Integer.toString(received.body().length()))
        .doesNotContainKey("transfer-encoding");
    rig.record();
  }

  @Test
  void uploadThatStalls_is408WithAMessage() throws Exception {
    String head =
        "POST /v1/chat/completions HTTP/1.1\r\nHost: llm\r\nContent-Type: application/json\r\n"
            + "Content-Length: 1000\r\n\r\n{\"model\":";
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (Socket socket =
        new Socket(rig.dataPlane.address().host(), rig.dataPlane.address().port())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      int next = socket.getInputStream().read();
      while (next >= 0) {
        said.write(next);
        next =
            said.toString(StandardCharsets.UTF_8).contains("}\n")
                ? -1
                : socket.getInputStream().read();
      }
    }
    assertThat(said.toString(StandardCharsets.UTF_8))
        .startsWith("HTTP/1.1 408")
        .contains("\"error\"", "proxy_408")
        .doesNotContainPattern("\"message\" ?: ?\"\"");
    rig.record();
  }
}
