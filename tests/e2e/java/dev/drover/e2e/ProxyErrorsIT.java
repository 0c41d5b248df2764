package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.drover.tools.standin.TestDataPlane;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Refusals of Envoy itself reach the client as errors of the API. */
@Tag("data-plane")
class ProxyErrorsIT {
  @TempDir Path folder;
  Rig rig;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(TestDataPlane.isEnvoy(), "no Envoy is here, and the stand-in refuses nothing");
    rig = new Rig(folder, Rig.yaml().replace("envoy: {", "envoy: { request_timeout: 2s,"));
  }

  @AfterEach
  void stop() throws Exception {
    if (rig != null) {
      rig.close();
    }
  }

  private String said(String headers) throws IOException {
    String body = Http.chat("chat");
    String request =
        headers
                .replace("|", "\r\n")
                .replace("LENGTH", "Content-Length: " + body.length() + "\r\n")
                .replace("LONG", "c".repeat(70_000))
            + "\r\n"
            + body;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (Socket socket =
        new Socket(rig.dataPlane.address().host(), rig.dataPlane.address().port())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      int next = in.read();
      while (next >= 0) {
        said.write(next);
        next = said.toString(StandardCharsets.UTF_8).contains("}\n") ? -1 : in.read();
      }
    } catch (SocketException _) {
      return said.toString(StandardCharsets.UTF_8); // Envoy closes what it cannot read
    }
    return said.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "Host: llm|Cookie: LONG|LENGTH, 431",
    "LENGTH, 400",
    "Host: llm|bad header|LENGTH, 400",
    "Host: llm|LENGTHContent-Length: 5|, 400",
    "Host: llm|Content-Length: 1000|, 408"
  })
  void refusalOfTheProxy_reachesTheClient(String headers, int status) throws Exception {
    String said = said("POST /v1/chat/completions HTTP/1.1|" + headers);
    assertThat(said).startsWith("HTTP/1.1 " + status);
    assertThat(said)
        .contains("\"error\"", "proxy_" + status)
        .doesNotContainPattern("\"message\" ?: ?\"\"");
    if (status == 408) { // the only one that Drover has seen the headers of
      assertThat(rig.record().code()).isEqualTo("proxy_408");
    }
  }

  @Test
  void http10_isTaken() throws Exception {
    String said = said("POST /v1/chat/completions HTTP/1.0|Content-Type: application/json|LENGTH");
    assertThat(said).startsWith("HTTP/1.0 200").contains("Hello from cheap-1");
    rig.record();
  }

  /** No client gets an error without a message, whatever a provider leaves out. */
  @ParameterizedTest
  @ValueSource(ints = {400, 404, 500, 503, 529})
  void errorOfAProviderWithoutABody_getsOne(int status) throws Exception {
    HttpServer mute =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    mute.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().set("x-request-id", "r-1");
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    mute.start();
    String url = "http://127.0.0.1:" + mute.getAddress().getPort() + "/v1";
    Rig other =
        new Rig(
            Files.createDirectory(folder.resolve("other")),
            Rig.yaml().replace("FIRST", url).replace("[cheap, dear]", "[cheap]"));
    try {
      var response = Http.post(other.url() + Http.CHAT, Http.chat("chat"));
      assertThat(response.statusCode()).isEqualTo(status);
      assertThat(response.body()).contains("The provider sent status " + status);
      assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
      assertThat(response.headers().firstValue("x-request-id")).hasValue("r-1");
      other.record();
    } finally {
      other.close();
      mute.stop(0);
    }
  }
}
