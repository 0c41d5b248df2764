package dev.drover.admin;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class WebServerTest {
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();

  /** A mistake of ours is in the log, with the path; what a body says is not. */
  @ParameterizedTest
  @CsvSource({"GET, true", "POST, false"})
  void failure_isLogged_withItsPath(String method, boolean whole) throws Exception {
    Logger log = (Logger) LoggerFactory.getLogger(WebServer.class);
    said.start();
    log.addAppender(said);
    log.setAdditive(false);
    Handler failing =
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            throw new IllegalStateException("words of a body");
          }
        };
    var bounds = new WebServer.Bounds(4, 4, Duration.ofSeconds(5), true);
    try (WebServer server = WebServer.start("server.admin", "127.0.0.1:0", null, bounds, failing);
        HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create("http://" + server.address() + "/metrics?a=b"))
                  .method(method, BodyPublishers.noBody())
                  .build(),
              BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(response.body()).isEqualTo("status 500\n");
    } finally {
      log.detachAppender(said);
      log.setAdditive(true);
    }
    assertThat(said.list)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getFormattedMessage())
                  .isEqualTo(
                      "admin: %s /metrics failed with java.lang.IllegalStateException", method);
              assertThat(event.getThrowableProxy() != null).isEqualTo(whole);
            });
  }
}
