package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.drover.record.Ending;
import dev.drover.types.HostPort;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What clients get wrong: a clear 4xx in OpenAI's shape, and the next request works. */
@Tag("data-plane")
class BadInputIT {
  private static final ObjectMapper JACKSON = new ObjectMapper();
  @TempDir Path folder;
  private Rig rig;

  @BeforeEach
  void start() throws Exception {
    rig = new Rig(folder, Rig.yaml().replace("envoy: {", "envoy: { max_body: 64KiB,"));
  }

  @AfterEach
  void stop() throws Exception {
    HttpResponse<String> next = Http.post(rig.url() + Http.CHAT, Http.chat("chat"));
    assertThat(next.statusCode()).as("the next request works").isEqualTo(200);
    assertThat(rig.record().ending()).isEqualTo(Ending.COMPLETE);
    rig.close();
  }

  static Stream<Arguments> badBodies() {
    return Stream.of(
        Arguments.of("not JSON", utf8("hello"), 400, "invalid_json"),
        Arguments.of("no model", utf8("{\"messages\":[]}"), 400, "missing_model"),
        Arguments.of("model not a string", utf8("{\"model\":7}"), 400, "invalid_model"),
        Arguments.of("unknown model", utf8("{\"model\":\"nobody\"}"), 404, "model_not_found"),
        Arguments.of(
            "duplicate model",
            utf8("{\"model\":\"chat\",\"model\":\"x\"}"),
            400,
            "duplicate_model"),
        Arguments.of(
            "invalid UTF-8",
            "{\"model\":\"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1),
            400,
            "invalid_utf8"),
        Arguments.of(
            "10,000 nested arrays",
            utf8("{\"model\":\"chat\",\"x\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}"),
            400,
            "invalid_json"),
        Arguments.of("empty body", new byte[0], 400, "empty_body"));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badBodies")
  void badBody_isRefusedInOpenAisShape(String what, byte[] body, int status, String code)
      throws Exception {
    HttpResponse<String> response = Http.post(rig.url() + Http.CHAT, body);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    JsonNode error = JACKSON.readTree(response.body()).path("error");
    assertThat(error.path("code").asText()).isEqualTo(code);
    assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
    assertThat(error.path("message").asText()).contains("expected");
    assertThat(rig.record().code()).isEqualTo(code);
    assertThat(rig.first.received()).isEmpty();
  }

  @Test
  void bodyOverTheLimit_is413() throws Exception {
    HttpResponse<String> response =
        Http.post(rig.url() + Http.CHAT, Http.chat("chat").replace("hello", "x".repeat(70_000)));
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(response.body()).contains("\"error\"");
    Thread.sleep(200); // whether Drover got to see the request, or the 413, is a matter of timing
    assertThat(rig.records())
        .allMatch(
            record ->
                record.ending() == Ending.CANCELLED
                    || (record.ending() == Ending.REFUSED
                        && List.of("proxy_413", "body_too_large")
                            .contains(String.valueOf(record.code()))));
  }

  /** Envoy refuses what it cannot hold, and Drover what it cannot read: never both. */
  @Test
  void refusedBodiesOverTheLimit_leaveEnvoyStanding() throws Exception {
    String head = "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-encoding: br\r\n";
    HostPort at = rig.dataPlane.address();
    for (int i = 0; i < 40; i++) {
      int size = 66_000 + i * 20_000;
      String framed =
          i % 2 == 0
              ? "content-length: " + size + "\r\n\r\n" + "x".repeat(size)
              : "transfer-encoding: chunked\r\n\r\n"
                  + Integer.toHexString(size)
                  + "\r\n"
                  + "x".repeat(size)
                  + "\r\n0\r\n\r\n";
      try (Socket socket = new Socket(at.host(), at.port())) {
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write((head + framed).getBytes(StandardCharsets.US_ASCII));
        byte[] said = socket.getInputStream().readNBytes(12);
        assertThat(new String(said, StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 4");
      } catch (SocketException e) { // Envoy may close what it still gets
        assertThat(e).isNotInstanceOf(ConnectException.class);
      }
    }
    assertThat(Http.post(rig.url() + Http.CHAT, Http.chat("chat")).statusCode()).isEqualTo(200);
    rig.awaitSettled();
    assertThat(rig.records()).isNotEmpty();
  }

  @Test
  void otherMethods_are405_withTheOneExpected() throws Exception {
    assertThat(raw("GET /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}"))
        .startsWith("HTTP/1.1 405")
        .contains("method: GET (expected: POST)");
    rig.record();
    assertThat(raw("POST /v1/models HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}"))
        .contains("(expected: GET)");
    rig.record();
  }

  @Test
  void trailers_doNoHarm() throws Exception {
    String body = Http.chat("chat");
    String request =
        "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"
            + Integer.toHexString(body.length())
            + "\r\n"
            + body
            + "\r\n0\r\nx-trailer: 1\r\n\r\n";
    assertThat(raw(request)).startsWith("HTTP/1.1 200");
    assertThat(rig.record().ending()).isEqualTo(Ending.COMPLETE);
  }

  private String raw(String request) throws Exception {
    try (Socket socket =
        new Socket(rig.dataPlane.address().host(), rig.dataPlane.address().port())) {
      socket.setSoTimeout(5000);
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.UTF_8));
      out.flush();
      InputStream in = socket.getInputStream();
      byte[] bytes = new byte[8192];
      StringBuilder answer = new StringBuilder();
      for (int n = in.read(bytes); n > 0; n = in.read(bytes)) {
        answer.append(new String(bytes, 0, n, StandardCharsets.UTF_8));
        if (answer.indexOf("}}") > 0 || answer.indexOf("}]") > 0) {
          break;
        }
      }
      return answer.toString();
    }
  }
}
