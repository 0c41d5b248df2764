package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.credential.SigV4;
import dev.drover.dialect.UpstreamRequest;
import dev.drover.json.Yaml;
import dev.drover.tools.standin.DataPlane;
import dev.drover.tools.standin.Ports;
import dev.drover.tools.standin.TestDataPlane;
import dev.drover.types.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;

/**
 * Credentials of clouds, each by its vendor's own library, in a Drover of its own behind Envoy. The
 * provider takes a request only with a credential that was issued and has not ended.
 */
@Tag("data-plane")
@Tag("clients")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CredentialsIT {
  private static final String ARN =
      "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-x-v1:0";

  /** The models of the config, and how the credential of each is issued. */
  private static final Map<String, String> WAYS =
      Map.ofEntries(
          Map.entry("aws-static", "static"),
          Map.entry("aws-pod", "pod"),
          Map.entry("aws-instance", "role"),
          Map.entry("aws-role", "role"),
          Map.entry("aws-web", "web-identity"),
          Map.entry("google-file", "service-account"),
          Map.entry("google-metadata", "metadata"),
          Map.entry("google-federation", "federation"),
          Map.entry("azure-secret", "secret"),
          Map.entry("azure-workload", "workload-identity"),
          Map.entry("azure-managed", "managed-identity"));

  @TempDir static Path folder;
  private static FakeClouds clouds;
  private static RecordingProvider provider;
  private static DroverProcess drover;
  private static DataPlane envoy;

  /** The ways by which credentials came to the provider. */
  private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

  private static final List<String> REJECTED = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    Certificate certificate = new Certificate(folder);
    clouds = new FakeClouds(certificate.context(), 10);
    provider = new RecordingProvider(CredentialsIT::answer);
    Path config = folder.resolve("drover.yaml");
    int admin = Ports.free();
    files();
    Files.writeString(
        config,
        """
        version: 1
        server: { listen: "127.0.0.1:%d", admin: "127.0.0.1:%d", state_dir: "DIR/state" }
        envoy: { listen: "127.0.0.1:%d", admin: "127.0.0.1:0" }
        health: { cool_down: 1ms, failures_in_row: 1000, min_requests: 100000 }
        providers:
          aws-static: { kind: bedrock, region: eu-west-1, base_url: "URL", credentials: [ { aws: { region: eu-west-1, profile: lasting } } ] }
          aws-pod: { kind: bedrock, region: eu-west-1, base_url: "URL", credentials: [ { aws: { region: eu-west-1 } } ] }
          aws-instance: { kind: bedrock, region: eu-west-1, base_url: "URL", credentials: [ { aws: { region: eu-west-1, profile: machine } } ] }
          aws-role: { kind: bedrock, region: eu-west-1, base_url: "URL", credentials: [ { aws: { region: eu-west-1, profile: lasting, role_arn: "arn:aws:iam::123456789012:role/other" } } ] }
          aws-web: { kind: bedrock, region: eu-west-1, base_url: "URL", credentials: [ { aws: { region: eu-west-1, role_arn: "arn:aws:iam::123456789012:role/web", web_identity: "DIR/web-identity" } } ] }
          google-file: { kind: vertex, region: global, project: p-1, base_url: "URL", credentials: [ { google: { file: "DIR/service-account.json" } } ] }
          google-metadata: { kind: vertex, region: europe-west1, project: p-1, base_url: "URL", credentials: [ { google: { metadata: true } } ] }
          google-federation: { kind: vertex, region: global, project: p-1, base_url: "URL", credentials: [ { google: { file: "DIR/federation.json" } } ] }
          azure-secret: { kind: azure, dialect: openai, base_url: "URL/openai/v1", credentials: [ { azure: { authority: "AUTHORITY", tenant: tenant-1, client: client-1, secret: { file: "DIR/client-secret" } } } ] }
          azure-workload: { kind: azure, dialect: openai, base_url: "URL/openai/v1", credentials: [ { azure: { authority: "AUTHORITY", tenant: tenant-1, client: client-1, federated_token_file: "DIR/federated" } } ] }
          azure-managed: { kind: azure, dialect: openai, base_url: "URL/openai/v1", credentials: [ { azure: { managed_identity: true } } ] }
        targets:
        TARGETS
        models:
        MODELS
        """
            .formatted(Ports.free(), admin, Ports.free())
            .replace("URL", provider.url())
            .replace("AUTHORITY", clouds.authority())
            .replace("DIR", folder.toString())
            .replace("TARGETS", targets())
            .replace("MODELS", models()));
    GatewayConfig loaded = Rig.load(config);
    Map<String, String> environment = new HashMap<>(clouds.environment());
    environment.put("AWS_SHARED_CREDENTIALS_FILE", folder.resolve("credentials").toString());
    environment.put("AWS_CONFIG_FILE", folder.resolve("config").toString());
    drover =
        DroverProcess.serve(
            config,
            admin,
            environment,
            "-Dlogback.configurationFile=logback.xml",
            "-Djavax.net.ssl.trustStore=" + folder.resolve("localhost.p12"),
            "-Djavax.net.ssl.trustStorePassword=changeit");
    envoy = TestDataPlane.chosen().start(loaded, folder);
  }

  private static String targets() {
    StringBuilder all = new StringBuilder();
    for (String name : new TreeSet<>(WAYS.keySet())) {
      String model =
          switch (name) {
            case "aws-static" -> ARN;
            case "aws-web" -> "eu.anthropic.claude-sonnet-4-6-v1:0";
            case "google-federation" -> "claude-sonnet-4-6";
            default -> name.startsWith("google") ? "gemini-2.5-pro" : "m-1";
          };
      all.append(
          "  t-%1$s: { provider: %1$s, model: \"%2$s\", price: { input: 1, output: 1 }, timeout: 5s }\n"
              .formatted(name, model));
    }
    return all.toString();
  }

  private static String models() {
    StringBuilder all = new StringBuilder();
    WAYS.keySet().forEach(name -> all.append("  %1$s: { targets: [t-%1$s] }\n".formatted(name)));
    return all.toString();
  }

  private static void files() throws Exception {
    Files.writeString(
        folder.resolve("credentials"),
        "[lasting]\naws_access_key_id=%s\naws_secret_access_key=%s\n"
            .formatted(FakeClouds.STATIC_ID, FakeClouds.STATIC_SECRET));
    Files.writeString(
        folder.resolve("config"),
        "[profile machine]\nrole_arn=arn:aws:iam::123456789012:role/machine\ncredential_source=Ec2InstanceMetadata\nregion=eu-west-1\n");
    Files.writeString(folder.resolve("web-identity"), "canary-web-identity");
    Files.writeString(folder.resolve("client-secret"), "canary-client-secret\n");
    Files.writeString(folder.resolve("federated"), "canary-federated\n");
    KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
    keys.initialize(2048);
    String pem =
        "-----BEGIN PRIVATE KEY-----\\n"
            + Base64.getEncoder().encodeToString(keys.generateKeyPair().getPrivate().getEncoded())
            + "\\n-----END PRIVATE KEY-----\\n";
    Files.writeString(
        folder.resolve("service-account.json"),
        """
        {"type":"service_account","project_id":"p-1","private_key_id":"k","private_key":"%s",
         "client_email":"drover@p-1.iam.gserviceaccount.com","client_id":"1","token_uri":"http://%s/google/token"}
        """
            .formatted(pem, clouds.address()));
    Files.writeString(folder.resolve("subject"), "canary-subject");
    Files.writeString(
        folder.resolve("federation.json"),
        """
        {"type":"external_account","audience":"//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k",
         "subject_token_type":"urn:ietf:params:oauth:token-type:jwt","token_url":"%s/google/token",
         "credential_source":{"file":"%s"}}
        """
            .formatted(clouds.authority(), folder.resolve("subject")));
  }

  @AfterAll
  static void stop() throws Exception {
    envoy.close();
    drover.stop();
    provider.close();
    clouds.close();
  }

  /** Takes requests with a credential that is in force. */
  private static RecordingProvider.Answer answer(RecordingProvider.Request request) {
    String bearer = request.headers().getOrDefault("authorization", "").replace("Bearer ", "");
    String key = SigV4Verifier.accessKey(request);
    FakeClouds.Issued by = clouds.valid(key.isEmpty() ? bearer : key);
    String problem = by == null ? "unknown or ended" : "";
    if (by != null && !key.isEmpty()) {
      problem = SigV4Verifier.problem(request, by.secret(), "bedrock");
      String session = request.headers().getOrDefault("x-amz-security-token", "");
      problem += session.equals(by.session()) ? "" : " session";
    }
    if (!problem.isEmpty()) {
      synchronized (REJECTED) {
        REJECTED.add(problem + ": " + request.method() + " " + request.uri());
      }
      return RecordingProvider.Answer.json(403, "{\"message\":\"" + problem + "\"}");
    }
    SEEN.add(by.how());
    return RecordingProvider.Answer.json(200, body(request.uri()));
  }

  private static String body(String uri) {
    if (uri.contains("/converse")) {
      return "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\"hi\"}]}},\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":5,\"outputTokens\":2,\"totalTokens\":7}}";
    }
    if (uri.contains("rawPredict") || uri.contains("/invoke")) {
      return "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude\",\"content\":[{\"type\":\"text\",\"text\":\"hi\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":5,\"output_tokens\":2}}";
    }
    if (uri.contains(":generateContent")) {
      return "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"hi\"}]},\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":5,\"candidatesTokenCount\":2,\"totalTokenCount\":7}}";
    }
    return "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"hi\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2,\"total_tokens\":7}}";
  }

  private static HttpResponse<String> chat(String model) throws Exception {
    return Http.post(
        "http://" + envoy.address() + "/v1/chat/completions",
        "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"hé\"}]}"
            .formatted(model));
  }

  private static String log() throws Exception {
    return Files.readString(folder.resolve("log"));
  }

  /** Waits until each credential was issued once. */
  private static void awaitTokens() throws Exception {
    long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    for (String model : WAYS.keySet()) {
      while (chat(model).statusCode() != 200 && System.nanoTime() < end) {
        Thread.sleep(100);
      }
    }
  }

  @Test
  @Order(1)
  void everyWay_leadsToAnAnswer() throws Exception {
    awaitTokens();
    SEEN.clear();
    REJECTED.clear();
    for (String model : WAYS.keySet()) {
      HttpResponse<String> response = chat(model);
      assertThat(response.statusCode()).as(model + ": " + response.body() + log()).isEqualTo(200);
      assertThat(response.body()).as(model).contains("hi");
    }
    assertThat(SEEN).containsExactlyInAnyOrderElementsOf(Set.copyOf(WAYS.values()));
    assertThat(clouds.problems()).isEmpty();
    assertThat(clouds.asked("instance")).as("the machine's role assumes another").isPositive();
    assertThat(provider.requests().stream().map(RecordingProvider.Request::uri))
        .anyMatch(
            uri ->
                uri.startsWith("/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A")
                    && uri.contains("%2Feu.anthropic"))
        .anyMatch(
            uri ->
                uri.startsWith("/v1/projects/p-1/locations/global/publishers/anthropic/models/")
                    && uri.endsWith(":rawPredict"))
        .anyMatch(uri -> uri.startsWith("/v1/projects/p-1/locations/europe-west1/publishers/"));
  }

  @Test
  @Order(2)
  void streamsAreSignedToo() throws Exception {
    REJECTED.clear();
    int before = provider.requests().size();
    Http.post(
        "http://" + envoy.address() + "/v1/chat/completions",
        "{\"model\":\"aws-static\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
    Http.post(
        "http://" + envoy.address() + "/v1/messages",
        "{\"model\":\"aws-web\",\"stream\":true,\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
    assertThat(
            provider.requests().stream().skip(before).map(RecordingProvider.Request::uri).toList())
        .anyMatch(uri -> uri.endsWith("/converse-stream"))
        .anyMatch(uri -> uri.endsWith("/invoke-with-response-stream"));
    assertThat(REJECTED).isEmpty();
  }

  /** A signature is valid for five minutes, both ways. */
  @ParameterizedTest
  @CsvSource({"0,''", "-240,''", "240,''", "-360,clock_skew", "360,clock_skew"})
  @Order(2)
  void clockThatIsOff_isToldFromAWrongSignature(int seconds, String problem) {
    SigV4 signer =
        new SigV4(
            AwsBasicCredentials.create(FakeClouds.STATIC_ID, FakeClouds.STATIC_SECRET), "r-1");
    UpstreamRequest signed =
        signer.authorize(
            new UpstreamRequest(
                "POST",
                "/model/a%3Ab%2Fc/invoke?x=%2F&b=1",
                Map.of(),
                new UpstreamRequest.Body.Rope(List.of(Bytes.utf8("{\"é\":1}")))),
            "host.example:8443",
            Instant.now().plusSeconds(seconds));
    Map<String, String> headers = new HashMap<>(signed.headers());
    headers.put("host", "host.example:8443");
    RecordingProvider.Request arrived =
        new RecordingProvider.Request("POST", signed.path(), headers, "{\"é\":1}");
    assertThat(SigV4Verifier.problem(arrived, FakeClouds.STATIC_SECRET, "bedrock"))
        .isEqualTo(problem);
    if (problem.isEmpty()) {
      assertThat(SigV4Verifier.problem(arrived, "another", "bedrock")).isEqualTo("signature");
      assertThat(
              SigV4Verifier.problem(
                  new RecordingProvider.Request("POST", signed.path(), headers, "{}"),
                  FakeClouds.STATIC_SECRET,
                  "bedrock"))
          .isEqualTo("signature");
    }
  }

  @Test
  @Order(2)
  void renewals_failNoRequest() throws Exception {
    REJECTED.clear();
    int before = clouds.asked("metadata");
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (clouds.asked("metadata") < before + 3 && System.nanoTime() < end) {
      for (String model : WAYS.keySet()) {
        HttpResponse<String> response = chat(model);
        assertThat(response.statusCode()).as(model + ": " + response.body()).isEqualTo(200);
      }
    }
    assertThat(clouds.asked("metadata")).isGreaterThanOrEqualTo(before + 3);
    assertThat(REJECTED).isEmpty();
  }

  @Test
  @Order(3)
  void issuersThatAreDown_endTheirTargets_andComingBackTheyServe() throws Exception {
    clouds.breakDown(true);
    long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    HttpResponse<String> refused = chat("google-file");
    while (refused.statusCode() != 503 && System.nanoTime() < end) {
      Thread.sleep(200); // at the very end of a token the provider may be the first to see it
      refused = chat("google-file");
    }
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("credential_not_ready");
    assertThat(chat("aws-static").statusCode()).as("a key that lasts").isEqualTo(200);
    while (!log().contains("service-account.json: not renewed: status 500")
        && System.nanoTime() < end) {
      Thread.sleep(200); // Google's library asks again by itself before it says so
    }
    assertThat(Http.get(drover.admin() + "/metrics").body())
        .containsPattern(
            "drover_credential_renewals_total\\{credential=\"google file [^\"]+\",result=\"failed\"\\} [1-9]")
        .containsPattern(
            "drover_credential_expiry_seconds\\{credential=\"google file [^\"]+\"\\} 0")
        .containsPattern(
            "drover_credential_expiry_seconds\\{credential=\"aws profile lasting[^\"]*\"\\} \\+Inf");
    assertThat(log()).contains("service-account.json: not renewed: status 500");
    clouds.breakDown(false);
    awaitTokens();
    assertThat(chat("google-file").statusCode()).isEqualTo(200);
  }

  @Test
  @Order(4)
  void signatures_areThoseOfBotocore() throws Exception {
    Path botocore = Path.of("target/clients/python").toAbsolutePath();
    assumeThat(botocore.resolve("botocore")).as("botocore, which -Pclients installs").exists();
    StringBuilder asked = new StringBuilder();
    int count = 0;
    for (RecordingProvider.Request request : provider.requests()) {
      String key = SigV4Verifier.accessKey(request);
      if (!key.isEmpty()) {
        String authority = request.headers().getOrDefault("host", "");
        asked
            .append(
                Yaml.writeJsonLine(SigV4Verifier.claims(request, clouds.issued(key), authority)))
            .append('\n');
        count++;
      }
    }
    ProcessBuilder command = new ProcessBuilder("python3", "tests/clients/verify_sigv4.py");
    command.environment().put("PYTHONPATH", botocore.toString());
    Process python = command.redirectErrorStream(true).start();
    Thread.ofVirtual().start(() -> write(python, asked.toString()));
    String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(python.waitFor()).as(said).isZero();
    assertThat(said.lines()).hasSize(count).hasSizeGreaterThan(5).containsOnly("right");
  }

  private static void write(Process process, String text) {
    try (OutputStream out = process.getOutputStream()) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @Order(5)
  void nothingSecret_isInAnythingThatDroverSays() throws Exception {
    StringBuilder said = new StringBuilder(log()).append(drover.threads());
    for (String page : List.of("metrics", "config", "targets", "models", "alerts", "live")) {
      said.append(Http.get(drover.admin() + "/" + page).body());
    }
    for (RecordingProvider.Request request : provider.requests()) {
      assertThat(request.headers().toString()).doesNotContain("canary-aws-secret", "canary-static");
    }
    assertThat(said.toString()).doesNotContain("canary");
  }
}
