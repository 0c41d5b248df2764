package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.types.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the admin port lets others do. */
@Tag("data-plane")
class AdminPortIT {
  @TempDir private Path folder;
  private Rig rig;
  private String admin;

  @BeforeEach
  void start() throws Exception {
    Files.writeString(folder.resolve("admin.key"), "admin-token");
    rig =
        new Rig(
            folder,
            Rig.yaml()
                .replace("drain: 5s,", "drain: 5s, admin_token: { file: \"FOLDER/admin.key\" },"));
    admin = "http://" + rig.server.adminAddress();
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  private String raw(String request) throws IOException {
    HostPort at = HostPort.parse(rig.server.adminAddress());
    try (Socket socket = new Socket(at.host(), at.port())) {
      socket.setSoTimeout(5_000);
      socket
          .getOutputStream()
          .write(request.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private HttpResponse<String> reload() throws Exception {
    return Http.send(
        Http.request(admin + "/config/reload")
            .header("authorization", "Bearer admin-token")
            .POST(BodyPublishers.noBody())
            .build());
  }

  @Test
  void nameThatWasMadeToLeadHere_isTurnedAway() throws Exception {
    for (String host : new String[] {"evil.example", "evil.example:80", "127.0.0.1.evil.example"}) {
      assertThat(raw("GET /config HTTP/1.1\nhost: " + host + "\nconnection: close\n\n"))
          .startsWith("HTTP/1.1 421");
    }
    for (String host : new String[] {"localhost:9003", "127.0.0.1", "[::1]:9003", "a.localhost"}) {
      assertThat(raw("GET /config HTTP/1.1\nhost: " + host + "\nconnection: close\n\n"))
          .startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void noPage_letsAnotherOriginIn() throws Exception {
    for (String path : new String[] {"/", "/live", "/console/main.js", "/nothing"}) {
      HttpHeaders headers = Http.get(admin + path).headers();
      assertThat(headers.map()).doesNotContainKey("access-control-allow-origin");
      assertThat(headers.firstValue("x-content-type-options")).contains("nosniff");
      assertThat(headers.firstValue("content-security-policy").orElseThrow())
          .contains("default-src 'none'");
    }
  }

  @Test
  void reload_takesUpAChangeAtOnce_andKeepsWhatIsInForceWhenTheFileIsBroken() throws Exception {
    assertThat(Http.post(admin + "/config/reload", "").statusCode()).isEqualTo(401);
    String sound = Files.readString(rig.config);
    Files.writeString(rig.config, sound.replace("timeout: 3s", "timeout: 4s"));
    HttpResponse<String> taken = reload();
    assertThat(taken.statusCode()).isEqualTo(200);
    assertThat(taken.body()).isEqualTo("ruleset 2 is in force\n");
    Files.writeString(rig.config, sound + "nonsense: 1\n");
    HttpResponse<String> refused = reload();
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).startsWith("ruleset 2 stays in force: ").contains("nonsense");
  }

  @Test
  void live_hasRowsAfterTheGivenSecond_andRefusesWhatItDoesNotUnderstand() throws Exception {
    assertThat(Http.get(admin + "/live?after=99999999999").body()).contains("\"rows\":[]");
    assertThat(Http.get(admin + "/live?since=1").statusCode()).isEqualTo(400);
    assertThat(Http.get(admin + "/exchanges/none").statusCode()).isEqualTo(404);
  }

  /**
   * Connections that ask for a large file and read nothing are taken up to a bound and closed after
   * a while. Signs of life have an address of their own.
   */
  @Test
  void slowReaders_takeNoMoreThanTheirBound_andKeepNobodyFromTheSignsOfLife() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    Rig apart =
        new Rig(other, Rig.yaml().replace("drain: 5s,", "drain: 5s, health: \"127.0.0.1:0\","));
    HostPort at = HostPort.parse(apart.server.adminAddress());
    List<Socket> readers = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        slowReader(at, readers);
        if (i % 25 == 24) {
          assertThat(once(apart.server.healthAddress(), "/health/live")).endsWith("live\n");
        }
      }
      assertThat(once(apart.server.healthAddress(), "/config")).startsWith("HTTP/1.1 404");
    } finally {
      for (Socket reader : readers) {
        reader.close();
      }
    }
    assertThat(Http.once(at.host(), at.port(), "/health/live")).as("after them").endsWith("live\n");
    apart.close();
  }

  private static String once(String address, String path) throws IOException {
    HostPort at = HostPort.parse(address);
    return Http.once(at.host(), at.port(), path);
  }

  /** The bound may leave a connection waiting, which is no fault. */
  private static void slowReader(HostPort at, List<Socket> readers) throws IOException {
    Socket reader = new Socket();
    readers.add(reader);
    try {
      reader.setReceiveBufferSize(1024);
      reader.connect(new InetSocketAddress(at.host(), at.port()), 50);
      reader
          .getOutputStream()
          .write(
              "GET /console/chart.js HTTP/1.1\r\nhost: localhost\r\n\r\n"
                  .repeat(2)
                  .getBytes(StandardCharsets.US_ASCII));
    } catch (SocketTimeoutException | SocketException _) {
      return; // not taken
    }
  }

  @Test
  void wrongTokens_areTriedTenTimesAMinute() throws Exception {
    for (int i = 0; i < 10; i++) {
      assertThat(Http.post(admin + "/config/reload", "").statusCode()).isEqualTo(401);
    }
    assertThat(Http.post(admin + "/config/reload", "").statusCode()).isEqualTo(429);
    assertThat(reload().statusCode()).as("the right one too, for now").isEqualTo(429);
    assertThat(Http.get(admin + "/live").statusCode()).isEqualTo(200);
  }

  @Test
  void pagesByTls_andByHttp2() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    Certificate own = new Certificate(other);
    Rig secure =
        new Rig(
            other,
            Rig.yaml()
                .replace(
                    "drain: 5s,",
                    "drain: 5s, admin_tls: { certificate: \"%s\", private_key: \"%s\" },"
                        .formatted(own.certificate, own.privateKey)));
    try (HttpClient client =
        HttpClient.newBuilder().sslContext(own.trusting()).version(Version.HTTP_2).build()) {
      HttpResponse<String> page =
          client.send(
              HttpRequest.newBuilder(URI.create("https://" + localhost(secure) + "/live")).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.version()).isEqualTo(Version.HTTP_2);
    }
    assertThatThrownBy(() -> Http.get("http://" + secure.server.adminAddress() + "/live"))
        .isInstanceOf(IOException.class);
    secure.close();
  }

  private static String localhost(Rig rig) {
    return "localhost:" + HostPort.parse(rig.server.adminAddress()).port();
  }
}
