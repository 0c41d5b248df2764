package dev.drover.e2e;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Plain HTTP requests for tests. */
final class Http {
  static final String CHAT = "/v1/chat/completions";
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Http() {}

  static String chat(String model) {
    return "{\"model\":\""
        + model
        + "\",\"messages\":[{\"role\":\"user\",\"content\":\"hello there\"}]}";
  }

  static String stream(String model) {
    return "{\"model\":\""
        + model
        + "\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
  }

  static HttpResponse<String> post(String url, String body)
      throws IOException, InterruptedException {
    return post(url, body.getBytes(StandardCharsets.UTF_8));
  }

  static HttpResponse<String> post(String url, byte[] body)
      throws IOException, InterruptedException {
    return CLIENT.send(
        request(url)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofByteArray(body))
            .build(),
        BodyHandlers.ofString());
  }

  /**
   * Asks by a connection of its own, which no idle time-out of the server can have ended.
   *
   * @return the status line, the headers and the body
   */
  static String once(String host, int port, String path) throws IOException {
    try (Socket socket = new Socket(host, port)) {
      socket.setSoTimeout(60_000);
      socket
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
                  .formatted(path)
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static HttpResponse<String> get(String url) throws IOException, InterruptedException {
    return CLIENT.send(request(url).GET().build(), BodyHandlers.ofString());
  }

  static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return CLIENT.send(request, BodyHandlers.ofString());
  }

  static HttpRequest.Builder request(String url) {
    return HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(60));
  }
}
