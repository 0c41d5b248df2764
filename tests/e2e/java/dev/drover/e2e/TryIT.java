package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.ProviderKinds;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code drover try} as somebody would who has a config and no keys. */
class TryIT {
  private static final Pattern LISTENS = Pattern.compile("Listens at: (http://\\S+)");

  /** Credentials as a config has them that is meant for the providers themselves. */
  private static final Map<String, String> CREDENTIALS =
      Map.of(
          "bedrock", "aws: { role_arn: \"arn:aws:iam::123456789012:role/llm\" }",
          "vertex", "google: { metadata: true }",
          "azure", "azure: { tenant: t, client: c, secret: { env: NOT_SET } }");

  @TempDir Path folder;

  private static String model(String kind) {
    return switch (kind) {
      case "bedrock" -> "eu.anthropic.claude-sonnet-4-6-v1:0";
      case "anthropic" -> "claude-sonnet-4-6";
      case "vertex", "gemini" -> "gemini-2.5-pro";
      default -> "m-1";
    };
  }

  private Path config() throws Exception {
    StringBuilder providers = new StringBuilder();
    StringBuilder targets = new StringBuilder();
    StringBuilder models = new StringBuilder();
    for (String kind : ProviderKinds.names()) {
      providers.append(
          "  %1$s: { kind: %1$s, region: eu-west-1, project: p-1, resource: r-1, credentials: [ { %2$s } ] }\n"
              .formatted(kind, CREDENTIALS.getOrDefault(kind, "env: NOT_SET")));
      targets.append(
          "  t-%s: { provider: %s, model: \"%s\", price: { input: 1, output: 1 } }\n"
              .formatted(kind, kind, model(kind)));
      models.append("  m-%1$s: { targets: [t-%1$s] }\n".formatted(kind));
    }
    return Files.writeString(
        folder.resolve("drover.yaml"),
        "version: 1\nproviders:\n%stargets:\n%smodels:\n%s".formatted(providers, targets, models));
  }

  @Test
  void eachKindOfProvider_answers_withNoKeyAtHand() throws Exception {
    Path said = folder.resolve("said");
    Process process = DroverProcess.start(said, "try", config().toString(), "--port", "0");
    try {
      String url = "";
      long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
      while (url.isEmpty() && process.isAlive() && System.nanoTime() < end) {
        Thread.sleep(50);
        Matcher listens = LISTENS.matcher(Files.readString(said));
        url = listens.find() ? listens.group(1) : "";
      }
      assertThat(url).as(Files.readString(said)).isNotEmpty();
      for (String kind : ProviderKinds.names()) {
        asked(url, "/v1/chat/completions", "m-" + kind, "choices");
        asked(url, "/v1/messages", "m-" + kind, "content");
      }
    } finally {
      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void portThatIsTaken_isNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Path said = folder.resolve("said");
      Process process =
          DroverProcess.start(
              said, "try", config().toString(), "--port", Integer.toString(taken.getLocalPort()));
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(1);
      assertThat(Files.readString(said))
          .contains(
              "try: --port: "
                  + taken.getLocalPort()
                  + ": another program listens there (expected: a free port; 0 takes any)");
    }
  }

  private static void asked(String url, String path, String model, String expected)
      throws Exception {
    for (boolean stream : new boolean[] {false, true}) {
      HttpResponse<String> response =
          Http.post(
              url + path,
              "{\"model\":\"%s\",\"max_tokens\":50,\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
                  .formatted(model, stream));
      String what = model + " " + path + (stream ? " as a stream: " : ": ") + response.body();
      assertThat(response.statusCode()).as(what).isEqualTo(200);
      assertThat(response.body()).as(what).contains(expected).contains(stream ? "word" : "Hello");
    }
  }
}
