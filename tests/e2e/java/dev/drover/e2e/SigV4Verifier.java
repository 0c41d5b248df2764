package dev.drover.e2e;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Checks AWS signatures as AWS does, over the bytes that arrived. Written from AWS's description of
 * Signature Version 4, apart from the library that signs.
 */
final class SigV4Verifier {
  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential=([^/]+)/([0-9]{8})/([^/]+)/([^/]+)/aws4_request, *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})");

  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssX");
  private static final Duration TOLERANCE = Duration.ofMinutes(5);

  private SigV4Verifier() {}

  /** Returns the access key that a request names, or an empty text where it is not signed. */
  static String accessKey(RecordingProvider.Request request) {
    Matcher named = AUTHORIZATION.matcher(request.headers().getOrDefault("authorization", ""));
    return named.matches() ? named.group(1) : "";
  }

  /** Returns what another signer needs to compute the signature of a request again. */
  static Map<String, Object> claims(
      RecordingProvider.Request request, FakeClouds.Issued by, String authority) {
    Matcher named = AUTHORIZATION.matcher(request.headers().getOrDefault("authorization", ""));
    if (!named.matches()) {
      throw new AssertionError("not signed: " + request.uri());
    }
    Map<String, String> signed = new TreeMap<>(request.headers());
    signed.keySet().retainAll(List.of(named.group(5).split(";")));
    return Map.ofEntries(
        Map.entry("method", request.method()),
        Map.entry("url", "http://" + authority + request.uri()),
        Map.entry("headers", signed),
        Map.entry("body", request.body()),
        Map.entry("access_key", named.group(1)),
        Map.entry("secret", by.secret()),
        Map.entry("session", by.session()),
        Map.entry("region", named.group(3)),
        Map.entry("time", request.headers().getOrDefault("x-amz-date", "")),
        Map.entry("signature", named.group(6)));
  }

  /** Returns what is wrong with a signature, or an empty text where it is right. */
  static String problem(RecordingProvider.Request request, String secret, String service) {
    Matcher named = AUTHORIZATION.matcher(request.headers().getOrDefault("authorization", ""));
    if (!named.matches()) {
      return "not signed";
    }
    String stamp = request.headers().getOrDefault("x-amz-date", "");
    if (!stamp.startsWith(named.group(2)) || !named.group(4).equals(service)) {
      return "scope";
    }
    Instant signed = STAMP.parse(stamp, Instant::from);
    if (Duration.between(signed, Instant.now()).abs().compareTo(TOLERANCE) > 0) {
      return "clock_skew";
    }
    List<String> headers = List.of(named.group(5).split(";"));
    boolean all =
        request.headers().keySet().stream()
            .filter(name -> name.startsWith("x-amz-") || name.equals("host"))
            .allMatch(headers::contains);
    if (!all) {
      return "headers that are not signed";
    }
    String scope = named.group(2) + "/" + named.group(3) + "/" + service + "/aws4_request";
    String text =
        "AWS4-HMAC-SHA256\n" + stamp + "\n" + scope + "\n" + hash(canonical(request, headers));
    byte[] key = hmac(utf8("AWS4" + secret), named.group(2));
    key = hmac(hmac(hmac(key, named.group(3)), service), "aws4_request");
    return HexFormat.of().formatHex(hmac(key, text)).equals(named.group(6)) ? "" : "signature";
  }

  private static String canonical(RecordingProvider.Request request, List<String> headers) {
    URI uri = URI.create(request.uri());
    String path =
        Arrays.stream(uri.getRawPath().split("/", -1))
            .map(SigV4Verifier::encoded)
            .collect(Collectors.joining("/"));
    String query =
        uri.getRawQuery() == null
            ? ""
            : Arrays.stream(uri.getRawQuery().split("&"))
                .map(each -> each.contains("=") ? each : each + "=")
                .sorted()
                .collect(Collectors.joining("&"));
    Map<String, String> sent = request.headers();
    String lines =
        headers.stream()
            .map(name -> name + ":" + sent.getOrDefault(name, "").strip() + "\n")
            .collect(Collectors.joining());
    return String.join(
        "\n",
        request.method(),
        path,
        query,
        lines,
        String.join(";", headers),
        hash(request.body()));
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String hash(String text) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(utf8(text)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(utf8(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
