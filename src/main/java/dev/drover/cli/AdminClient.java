package dev.drover.cli;

import dev.drover.json.Yaml;
import dev.drover.types.Bytes;
import dev.drover.types.FileContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of the commands that ask a running Drover to change something, and the asking. */
final class AdminClient {
  private static final String NO_TOKEN =
      "token: none (expected: --token-file FILE, or DROVER_ADMIN_TOKEN in the environment)";

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A reload waits for Envoys, and as long as the config says more. */
  private static final Duration LONG_PATIENCE = Duration.ofMinutes(11);

  @Option(
      names = "--admin",
      paramLabel = "URL",
      defaultValue = "${env:DROVER_ADMIN:-http://127.0.0.1:9003}",
      description =
          "The running Drover's admin address (default: DROVER_ADMIN in the environment, else http://127.0.0.1:9003).")
  private String admin = "";

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "File with the admin token; without it the environment variable DROVER_ADMIN_TOKEN.")
  private @Nullable Path tokenFile;

  /** Makes a client whose options picocli fills in. */
  AdminClient() {}

  /**
   * @param admin the admin address
   * @param tokenFile the file with the token; null: the environment has it
   */
  AdminClient(String admin, @Nullable Path tokenFile) {
    this.admin = admin;
    this.tokenFile = tokenFile;
  }

  /**
   * Posts a body and returns the JSON that comes back; null when that was an error, now printed.
   */
  @Nullable Map<String, Object> post(String path, Bytes body)
      throws IOException, InterruptedException {
    String token = token();
    if (token == null) {
      System.err.println(NO_TOKEN);
      return null;
    }
    HttpResponse<String> response =
        ask(
            authorized(request(path), token)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toArray()))
                .build());
    if (response.statusCode() != 200) {
      print(response);
      return null;
    }
    return Yaml.readJson(response.body());
  }

  /** Reads a page; null when that was an error, now printed. */
  @Nullable Map<String, Object> read(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = page(path);
    if (answer.statusCode() != 200) {
      print(answer);
      return null;
    }
    try {
      return Yaml.readJson(answer.body());
    } catch (UncheckedIOException _) {
      throw new IOException(
          answer.uri() + ": no JSON (expected: the admin port of a drover serve)");
    }
  }

  private HttpResponse<String> page(String path) throws IOException, InterruptedException {
    HttpRequest.Builder request = request(path).GET();
    String token = token();
    return ask((token == null ? request : authorized(request, token)).build());
  }

  /** Reads a page and prints it, or what it says of one name; the exit code. */
  int show(String path, @Nullable String name) throws IOException, InterruptedException {
    if (name == null) {
      return print(page(path));
    }
    Map<String, Object> page = read(path);
    if (page == null) {
      return 1;
    }
    Object shown = page.get(name);
    if (shown == null) {
      System.err.printf("%s: none such in %s (expected: one of %s)%n", name, path, page.keySet());
      return 1;
    }
    System.out.println(Yaml.writeJson(Map.of(name, shown)));
    return 0;
  }

  /** Asks for a change and prints the answer; the exit code. */
  int change(String kind, String name, String action) throws IOException, InterruptedException {
    return change(
        "/" + kind + "/" + URLEncoder.encode(name, StandardCharsets.UTF_8) + "/" + action);
  }

  /** Posts to a path and prints the answer; the exit code. */
  int change(String path) throws IOException, InterruptedException {
    String token = token();
    if (token == null) {
      System.err.println(NO_TOKEN);
      return 2;
    }
    return print(
        ask(
            authorized(request(path), token)
                .timeout(LONG_PATIENCE)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build()));
  }

  private @Nullable String token() throws IOException {
    String token = tokenFile == null ? System.getenv("DROVER_ADMIN_TOKEN") : content(tokenFile);
    if (token == null || (tokenFile == null && token.isBlank())) {
      return null;
    }
    String stripped = token.strip();
    if (stripped.isEmpty() || !stripped.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      throw new IOException(
          (tokenFile == null ? "DROVER_ADMIN_TOKEN" : "--token-file: " + tokenFile)
              + ": no token (expected: printable characters on one line, no blanks)");
    }
    return stripped;
  }

  private static String content(Path tokenFile) throws IOException {
    try {
      return FileContent.text(tokenFile, FileContent.MOST_OF_SECRET);
    } catch (IOException e) {
      throw new IOException(
          "--token-file: " + tokenFile + ": cannot be read (expected: a file with the token)", e);
    }
  }

  private static HttpRequest.Builder authorized(HttpRequest.Builder request, String token) {
    return request.header("authorization", "Bearer " + token);
  }

  private HttpRequest.Builder request(String path) {
    String at = (admin.contains("://") ? admin : "http://" + admin).replaceAll("/+$", "");
    return HttpRequest.newBuilder(URI.create(at + path)).timeout(PATIENCE);
  }

  private static int print(HttpResponse<String> answer) {
    boolean good = answer.statusCode() < 300;
    (good ? System.out : System.err).print(answer.body());
    return good ? 0 : 1;
  }

  private static HttpResponse<String> ask(HttpRequest request)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (ConnectException e) {
      throw new IOException(
          request.uri().resolve("/") + ": nobody answers (expected: a running drover serve)", e);
    } catch (HttpTimeoutException e) {
      throw new IOException(
          request.uri() + ": no answer in time; what was asked for may still be done", e);
    } catch (IOException e) {
      throw new IOException(
          "%s: %s (expected: the admin port of a running drover serve)"
              .formatted(request.uri().resolve("/"), Objects.requireNonNullElse(e.getMessage(), e)),
          e);
    }
  }
}
