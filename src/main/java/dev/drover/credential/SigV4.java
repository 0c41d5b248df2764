package dev.drover.credential;

import dev.drover.dialect.UpstreamRequest;
import dev.drover.types.Bytes;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * Signs requests by AWS Signature Version 4: host, content type, the time and the hash of the body.
 * No other header is signed, for Envoy adds and changes some. Immutable.
 *
 * @param identity the credentials that sign
 * @param region the region that the request goes to
 */
public record SigV4(AwsCredentialsIdentity identity, String region) implements Credential {
  /** The request headers that a signature sets. */
  public static final Set<String> HEADERS =
      Set.of("authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256");

  /** The name under which Bedrock's requests are signed. */
  private static final String SERVICE = "bedrock";

  private static final String CONTENT_TYPE = "content-type";
  private static final AwsV4HttpSigner SIGNER = AwsV4HttpSigner.create();

  @Override
  public UpstreamRequest authorize(UpstreamRequest request, String authority, Instant now) {
    String type = request.headers().getOrDefault(CONTENT_TYPE, "application/json");
    SdkHttpRequest unsigned =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.fromValue(request.method()))
            .uri(URI.create("https://" + authority + request.path()))
            .putHeader(CONTENT_TYPE, type)
            .build();
    Bytes body =
        request.body() instanceof UpstreamRequest.Body.Rope(List<Bytes> parts)
            ? Bytes.join(parts)
            : Bytes.EMPTY;
    SignedRequest signed =
        SIGNER.sign(
            to ->
                to.identity(identity)
                    .request(unsigned)
                    .payload(ContentStreamProvider.fromByteArrayUnsafe(body.toArray()))
                    .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, SERVICE)
                    .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                    .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(now, ZoneOffset.UTC)));
    Map<String, String> headers = new HashMap<>(request.headers());
    headers.put(CONTENT_TYPE, type);
    HEADERS.forEach(
        name ->
            signed
                .request()
                .firstMatchingHeader(name)
                .ifPresent(value -> headers.put(name, value)));
    return new UpstreamRequest(request.method(), request.path(), headers, request.body());
  }

  /** Returns nothing of the credentials. */
  @Override
  public String toString() {
    return "SigV4[" + region + "]";
  }
}
