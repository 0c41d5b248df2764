package dev.drover.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.schema.AwsCredentialConfig;
import dev.drover.config.schema.AzureCredentialConfig;
import dev.drover.config.schema.CredentialConfig;
import dev.drover.config.schema.GoogleCredentialConfig;
import dev.drover.config.schema.ProviderCredentialConfig;
import dev.drover.dialect.UpstreamRequest;
import dev.drover.types.Bytes;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/** Credentials without a network; CredentialsIT has the token servers. */
class CredentialsTest {
  private static final AwsCredentialConfig AWS =
      new AwsCredentialConfig(null, "no-such-profile", null, null, null);

  private static final AzureCredentialConfig AZURE =
      new AzureCredentialConfig(
          "t-1", null, null, false, new CredentialConfig("SECRET", null), "https://r", null);

  private final BlockingQueue<String> renewals = new LinkedBlockingQueue<>();
  private final Secrets secrets = new Secrets(name -> name.equals("NONE") ? null : "sk-" + name);

  private static ProviderCredentialConfig env(String name) {
    return new ProviderCredentialConfig(name, null, null, null, null);
  }

  private static ProviderCredentialConfig aws(AwsCredentialConfig config) {
    return new ProviderCredentialConfig(null, null, config, null, null);
  }

  private static ProviderCredentialConfig google(GoogleCredentialConfig config) {
    return new ProviderCredentialConfig(null, null, null, config, null);
  }

  private static ProviderCredentialConfig azure(AzureCredentialConfig config) {
    return new ProviderCredentialConfig(null, null, null, null, config);
  }

  private static UpstreamRequest authorized(ProviderCredential credential) {
    return Objects.requireNonNull(credential.current())
        .authorize(
            new UpstreamRequest("POST", "/v1/x", Map.of(), UpstreamRequest.UNCHANGED),
            "host.example",
            Instant.EPOCH);
  }

  @Test
  void key_goesIntoTheProvidersHeader_andComesFromItsPlace() {
    Credentials credentials = Credentials.offline(secrets);
    CredentialPool pool =
        credentials.pool(List.of(env("ONE"), env("NONE")), AuthScheme.X_API_KEY, "h", null);
    assertThat(authorized(pool.all().getFirst()).headers()).containsEntry("x-api-key", "sk-ONE");
    assertThat(pool.all().getLast().current()).isNull();
    assertThat(pool.all().getLast().secondsLeft()).isZero();
    assertThat(pool.all().getFirst().secondsLeft()).isInfinite();
    assertThat(pool.headers()).containsExactly("x-api-key");
    assertThat(pool.secrets()).containsExactly("sk-ONE");
    assertThat(pool.renews()).isFalse();
    assertThat(pool.all().getFirst().failingSeconds()).isZero();
    pool.rejected(pool.all().getFirst(), Instant.EPOCH);
    pool.rejected(null, null);
    assertThat(pool.all().getFirst().current()).isNotNull();
  }

  @Test
  void placesAreKnownByTheirConfig_overReloads() {
    Credentials credentials = Credentials.offline(secrets);
    CredentialPool before = credentials.pool(List.of(env("ONE")), AuthScheme.BEARER, "h", null);
    CredentialPool after = credentials.pool(List.of(env("ONE")), AuthScheme.BEARER, "h", null);
    assertThat(after.all()).isEqualTo(before.all());
    assertThat(credentials.pool(List.of(env("ONE")), AuthScheme.API_KEY, "h", null).all())
        .as("the same key in another header rests by itself")
        .isNotEqualTo(before.all());
    credentials.retain(List.of(after));
    assertThat(credentials.all()).isEqualTo(after.all());
  }

  @Test
  void whereNoCloudIsAsked_itsCredentialsCountAsPresent() {
    CredentialPool pool =
        Credentials.offline(secrets)
            .pool(List.of(aws(AWS)), AuthScheme.BEARER, "h.eu-west-1.amazonaws.com", null);
    assertThat(pool.unusable()).isFalse();
    assertThat(pool.renews()).isTrue();
    assertThat(pool.secrets()).isEmpty();
    assertThat(pool.headers()).isEmpty();
    assertThat(authorized(pool.all().getFirst()).headers()).isEmpty();
    assertThat(pool).hasToString("aws profile no-such-profile");
  }

  @Test
  void credentialsThatCannotBeHad_areNotReady_andSayWhichTheyAre(@TempDir Path folder)
      throws Exception {
    String file = folder.resolve("none.json").toString();
    try (Credentials credentials =
        Credentials.asking(
            secrets,
            _ -> null,
            InstantSource.system(),
            (name, issued) -> renewals.add(name + " " + issued))) {
      CredentialPool pool =
          credentials.pool(
              List.of(aws(AWS), google(new GoogleCredentialConfig(file, false)), azure(AZURE)),
              AuthScheme.BEARER,
              "bedrock-runtime.eu-west-1.amazonaws.com",
              null);
      assertThat(
              List.of(
                  String.valueOf(renewals.poll(20, TimeUnit.SECONDS)),
                  String.valueOf(renewals.poll(20, TimeUnit.SECONDS)),
                  String.valueOf(renewals.poll(20, TimeUnit.SECONDS))))
          .contains(
              "aws profile no-such-profile for eu-west-1 false",
              "google file " + file + " false",
              "azure client secret tenant t-1 for https://r false");
      assertThat(pool.unusable()).isTrue();
      assertThat(pool.renews()).isTrue();
      assertThat(pool.secrets()).isEmpty();
      assertThat(pool.headers()).contains("authorization", "x-amz-date");
      assertThat(pool.pick(0)).isNull();
      for (ProviderCredential each : pool.all()) {
        assertThat(each.secondsLeft()).isZero();
        each.rejected(null);
      }
      credentials.retain(List.of());
      assertThat(credentials.all()).isEmpty();
    }
  }

  @Test
  void names_tellCredentialsApart() {
    Credentials credentials = Credentials.offline(secrets);
    CredentialPool pool =
        credentials.pool(
            List.of(
                google(new GoogleCredentialConfig(null, true)),
                google(new GoogleCredentialConfig(null, false)),
                azure(new AzureCredentialConfig(null, null, null, true, null, "https://a", null)),
                azure(
                    new AzureCredentialConfig(null, "c-1", null, false, null, "https://b", null))),
            AuthScheme.BEARER,
            "h",
            "eu-west-1");
    assertThat(pool)
        .hasToString(
            "google metadata server, google, azure managed identity for https://a, azure workload identity client c-1 for https://b");
  }

  @Test
  void signature_coversHostTypeTimeAndBody() {
    SigV4 signer = new SigV4(AwsSessionCredentials.create("AKID", "s3cret", "t0ken"), "eu-west-1");
    UpstreamRequest request =
        new UpstreamRequest(
            "POST",
            "/model/a%3Ab/converse",
            Map.of("x-other", "1"),
            new UpstreamRequest.Body.Rope(List.of(Bytes.utf8("{"), Bytes.utf8("}"))));
    Map<String, String> headers =
        signer.authorize(request, "host.example", Instant.parse("2026-06-01T12:00:00Z")).headers();
    assertThat(headers)
        .containsEntry("x-amz-date", "20260601T120000Z")
        .containsEntry("x-amz-security-token", "t0ken")
        .containsEntry("content-type", "application/json")
        .containsEntry("x-other", "1");
    assertThat(headers.get("authorization"))
        .startsWith("AWS4-HMAC-SHA256 Credential=AKID/20260601/eu-west-1/bedrock/aws4_request")
        .contains("SignedHeaders=content-type;host;x-amz-")
        .doesNotContain("x-other");
    UpstreamRequest empty =
        new UpstreamRequest("GET", "/ping", Map.of(), UpstreamRequest.UNCHANGED);
    assertThat(signer.authorize(empty, "host.example", Instant.EPOCH).headers())
        .containsKey("authorization");
    assertThat(signer).hasToString("SigV4[eu-west-1]");
    assertThat(new ApiKey("k", AuthScheme.BEARER).toString()).doesNotContain("\"k\"");
  }
}
