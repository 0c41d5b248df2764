package dev.drover.e2e;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/**
 * The token servers of AWS, Google Cloud and Microsoft Entra ID, and the metadata servers of their
 * machines, as far as the vendors' libraries ask them. Each credential is another one and lives as
 * long as a test says.
 */
final class FakeClouds implements AutoCloseable {
  private static final String POD_TOKEN = "canary-pod-token";
  private static final String MANAGED = "canary-identity-header";

  /** Keys of AWS that last. */
  static final String STATIC_ID = "AKIDSTATIC";

  static final String STATIC_SECRET = "canary-static-secret";
  private final HttpServer http;
  private final HttpsServer https;
  private final AtomicInteger count = new AtomicInteger();

  /** The issued credentials, by access key or token. */
  private final Map<String, Issued> issued = new ConcurrentHashMap<>();

  private final List<String> problems = new CopyOnWriteArrayList<>();
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private volatile int lifeSeconds;
  private volatile boolean broken;

  /**
   * @param how the way by which it was issued
   * @param secret of an access key of AWS, else empty
   */
  record Issued(String how, String secret, String session, Instant end) {}

  private record Asked(
      String method, String path, Map<String, String> headers, Map<String, String> form) {}

  private record Answer(int status, String type, String body) {}

  FakeClouds(SSLContext tls, int lifeSeconds) throws IOException {
    this.lifeSeconds = lifeSeconds;
    issued.put(STATIC_ID, new Issued("static", STATIC_SECRET, "", Instant.MAX));
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    https.setHttpsConfigurator(new HttpsConfigurator(tls));
    for (HttpServer each : List.of(http, https)) {
      each.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      each.createContext("/", this::take);
      each.start();
    }
  }

  String address() {
    return "127.0.0.1:" + http.getAddress().getPort();
  }

  String authority() {
    return "https://localhost:" + https.getAddress().getPort();
  }

  void breakDown(boolean down) {
    broken = down;
  }

  void lives(int seconds) {
    lifeSeconds = seconds;
  }

  /** Returns what was wrong with requests for credentials. */
  List<String> problems() {
    return problems;
  }

  /** Returns how often a credential was asked for in some way. */
  int asked(String how) {
    AtomicInteger times = asked.get(how);
    return times == null ? 0 : times.get();
  }

  /** Returns the credential of that id if its life is not over. */
  Issued valid(String id) {
    Issued found = issued.get(id);
    return found == null || !Instant.now().isBefore(found.end()) ? null : found;
  }

  /** Returns the credential of that id, also after its end. */
  Issued issued(String id) {
    return Objects.requireNonNull(issued.get(id), id);
  }

  /** The variables by which libraries find these servers. */
  Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL_STS",
        "http://" + address(),
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "http://" + address() + "/pod",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        POD_TOKEN,
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "http://" + address(),
        "GCE_METADATA_HOST",
        address(),
        "IDENTITY_ENDPOINT",
        "http://" + address() + "/msi",
        "IDENTITY_HEADER",
        MANAGED);
  }

  private void take(com.sun.net.httpserver.HttpExchange exchange) throws IOException {
    try (exchange) {
      Map<String, String> headers = new TreeMap<>();
      exchange
          .getRequestHeaders()
          .forEach(
              (name, values) ->
                  headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String uri = exchange.getRequestURI().toString();
      Asked request =
          new Asked(
              exchange.getRequestMethod(), exchange.getRequestURI().getPath(), headers, form(body));
      Answer answer =
          broken
              ? new Answer(
                  500, "application/json", "{\"error\":\"down\",\"was\":\"canary-echo " + body)
              : answer(
                  request,
                  new RecordingProvider.Request(exchange.getRequestMethod(), uri, headers, body));
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("content-type", answer.type());
      exchange.getResponseHeaders().set("metadata-flavor", "Google");
      exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static Map<String, String> form(String body) {
    return Arrays.stream(body.split("&"))
        .map(pair -> pair.split("=", 2))
        .filter(pair -> pair.length == 2)
        .collect(
            Collectors.toMap(
                pair -> pair[0],
                pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8),
                (one, _) -> one));
  }

  private Answer answer(Asked asked, RecordingProvider.Request raw) {
    String path = asked.path();
    return switch (path) {
      case "/" -> sts(asked, raw);
      case "/pod" -> {
        need("pod", POD_TOKEN, asked.headers().get("authorization"));
        yield json(instance("pod"));
      }
      case "/latest/api/token" -> new Answer(200, "text/plain", "canary-imds");
      case "/latest/meta-data/iam/security-credentials/" -> new Answer(200, "text/plain", "role");
      case "/latest/meta-data/iam/security-credentials/role" -> {
        need("imds", "canary-imds", asked.headers().get("x-aws-ec2-metadata-token"));
        yield json(instance("instance"));
      }
      case "/google/token" -> {
        String how = asked.form().containsKey("assertion") ? "service-account" : "federation";
        yield json(
            "{\"access_token\":\"%s\",\"issued_token_type\":\"urn:ietf:params:oauth:token-type:access_token\",\"token_type\":\"Bearer\",\"expires_in\":%d}"
                .formatted(token(how), lifeSeconds));
      }
      case "/computeMetadata/v1/instance/service-accounts/default/token" ->
          json(
              "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%d}"
                  .formatted(token("metadata"), lifeSeconds));
      case "/msi" -> {
        need("managed identity", MANAGED, asked.headers().get("x-identity-header"));
        yield json(
            "{\"access_token\":\"%s\",\"expires_on\":\"%d\",\"resource\":\"r\",\"token_type\":\"Bearer\"}"
                .formatted(
                    token("managed-identity"),
                    Instant.now().plusSeconds(lifeSeconds).getEpochSecond()));
      }
      default ->
          path.endsWith("/oauth2/v2.0/token") ? entra(asked) : new Answer(404, "text/plain", "");
    };
  }

  private Answer entra(Asked asked) {
    need("tenant", "/tenant-1/oauth2/v2.0/token", asked.path());
    need("client", "client-1", asked.form().get("client_id"));
    boolean scoped =
        List.of(asked.form().getOrDefault("scope", "").split(" "))
            .contains("https://cognitiveservices.azure.com/.default");
    need("scope", "true", String.valueOf(scoped));
    boolean secret = asked.form().containsKey("client_secret");
    need(
        "proof",
        secret ? "canary-client-secret" : "canary-federated",
        asked.form().get(secret ? "client_secret" : "client_assertion"));
    return json(
        "{\"token_type\":\"Bearer\",\"expires_in\":%d,\"ext_expires_in\":%d,\"access_token\":\"%s\"}"
            .formatted(lifeSeconds, lifeSeconds, token(secret ? "secret" : "workload-identity")));
  }

  private Answer sts(Asked asked, RecordingProvider.Request raw) {
    String action = asked.form().getOrDefault("Action", "");
    boolean web = action.equals("AssumeRoleWithWebIdentity");
    if (web) {
      need("web identity", "canary-web-identity", asked.form().get("WebIdentityToken"));
    } else {
      Issued by = valid(SigV4Verifier.accessKey(raw));
      String problem = by == null ? "unknown key" : SigV4Verifier.problem(raw, by.secret(), "sts");
      need("signature of STS", "", problem);
    }
    String how = web ? "web-identity" : "role";
    String id = key(how);
    Issued now = issued.get(id);
    String xml =
        """
        <%1$sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><%1$sResult>
        <Credentials><AccessKeyId>%2$s</AccessKeyId><SecretAccessKey>%3$s</SecretAccessKey><SessionToken>%4$s</SessionToken><Expiration>%5$s</Expiration></Credentials>
        </%1$sResult></%1$sResponse>
        """
            .formatted(action, id, now.secret(), now.session(), now.end());
    return new Answer(200, "text/xml", xml);
  }

  private String instance(String how) {
    String id = key(how);
    Issued now = issued.get(id);
    return "{\"Code\":\"Success\",\"Type\":\"AWS-HMAC\",\"LastUpdated\":\"%s\",\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\",\"Token\":\"%s\",\"Expiration\":\"%s\"}"
        .formatted(Instant.now(), id, now.secret(), now.session(), now.end());
  }

  private String key(String how) {
    int number = counted(how);
    String id = "ASIA" + how.toUpperCase(Locale.ROOT).replace("-", "") + number;
    issued.put(
        id,
        new Issued(
            how,
            "canary-aws-secret-" + number,
            "canary-session-" + number,
            Instant.now().plusSeconds(lifeSeconds)));
    return id;
  }

  private String token(String how) {
    String token = "canary-" + how + "-" + counted(how);
    issued.put(token, new Issued(how, "", "", Instant.now().plusSeconds(lifeSeconds)));
    return token;
  }

  private int counted(String how) {
    asked.computeIfAbsent(how, _ -> new AtomicInteger()).incrementAndGet();
    return count.incrementAndGet();
  }

  private void need(String what, String expected, String found) {
    if (!expected.equals(found)) {
      problems.add(what + ": " + found + " (expected: " + expected + ")");
    }
  }

  private static Answer json(String body) {
    return new Answer(200, "application/json", body);
  }

  @Override
  public void close() {
    http.stop(0);
    https.stop(0);
  }
}
