package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.app.Server;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.record.ExchangeRecord;
import dev.drover.tools.fake.Behaviour;
import dev.drover.tools.fake.FakeProvider;
import dev.drover.tools.standin.DataPlane;
import dev.drover.tools.standin.Ports;
import dev.drover.tools.standin.TestDataPlane;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS between Envoy and Drover, and towards providers. */
@Tag("data-plane")
class TlsIT {
  @TempDir Path folder;
  private Certificate own;

  @BeforeEach
  void certificate() throws Exception {
    own = new Certificate(folder);
  }

  private Server serve(String tls) throws Exception {
    Path token = Files.writeString(folder.resolve("admin.token"), "admin-token");
    Path file = folder.resolve("drover.yaml");
    Files.writeString(
        file,
        """
        version: 1
        server: { listen: "127.0.0.1:0", admin: "127.0.0.1:0", state_dir: "%s/state", admin_token: { file: "%s" }, tls: { certificate: "%s", private_key: "%s"%s } }
        envoy: { ext_proc_tls: { server_name: localhost, ca: "%s" } }
        providers: { p: { base_url: "http://127.0.0.1:1" } }
        targets: { t: { provider: p, model: m, price: { input: 1, output: 1 } } }
        models: { m: { targets: [t] } }
        """
            .formatted(folder, token, own.certificate, own.privateKey, tls, own.certificate));
    return new Server(file, Rig.load(file), List.of());
  }

  private static ServingStatus health(Server server, SslContextBuilder tls) throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(server.extProcAddress())
            .overrideAuthority("localhost")
            .sslContext(GrpcSslContexts.configure(tls).build())
            .build();
    try {
      return HealthGrpc.newBlockingStub(channel)
          .check(HealthCheckRequest.getDefaultInstance())
          .getStatus();
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void server_showsItsCertificate() throws Exception {
    try (Server server = serve("")) {
      SslContextBuilder trusting =
          SslContextBuilder.forClient().trustManager(own.certificate.toFile());
      assertThat(health(server, trusting)).isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  void server_asksForAClientCertificate_whereTheConfigSaysSo() throws Exception {
    try (Server server = serve(", client_ca: \"" + own.certificate + "\"")) {
      SslContextBuilder nobody =
          SslContextBuilder.forClient().trustManager(own.certificate.toFile());
      assertThatThrownBy(() -> health(server, nobody)).isInstanceOf(StatusRuntimeException.class);
      SslContextBuilder known =
          SslContextBuilder.forClient()
              .trustManager(own.certificate.toFile())
              .keyManager(own.certificate.toFile(), own.privateKey.toFile());
      assertThat(health(server, known)).isEqualTo(ServingStatus.SERVING);
    }
  }

  /** The CA of a mesh signs for every workload. */
  @Test
  void server_takesThoseClientsOfItsCa_thatTheConfigNames() throws Exception {
    SslContextBuilder known =
        SslContextBuilder.forClient()
            .trustManager(own.certificate.toFile())
            .keyManager(own.certificate.toFile(), own.privateKey.toFile());
    String ca = ", client_ca: \"" + own.certificate + "\", client_names: ";
    for (String names : new String[] {"[localhost]", "[envoy, \"local*\"]"}) {
      try (Server server = serve(ca + names)) {
        assertThat(health(server, known)).isEqualTo(ServingStatus.SERVING);
      }
    }
    try (Server server = serve(ca + "[envoy, \"spiffe://mesh/ns/gateway/*\"]")) {
      assertThatThrownBy(() -> health(server, known)).isInstanceOf(StatusRuntimeException.class);
    }
  }

  @Test
  void unreadableKey_isNamed() throws Exception {
    Files.writeString(own.privateKey, "no key");
    assertThatThrownBy(() -> serve(""))
        .hasMessageStartingWith("server.tls.private_key: " + own.privateKey)
        .hasMessageContaining("expected: an RSA or EC key");
    Files.delete(own.privateKey);
    assertThatThrownBy(() -> serve(""))
        .hasMessageContaining(own.privateKey + ": not a file that can be read");
  }

  @Test
  void certificateOfAnotherKey_isNamed() throws Exception {
    Files.copy(stranger().privateKey, own.privateKey, StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> serve(""))
        .hasMessageContaining("expected: the key of the first certificate in " + own.certificate);
  }

  @Test
  void renewedCertificate_isShown_onceItsKeyIsThereToo() throws Exception {
    Certificate renewed = stranger();
    byte[] before = Files.readAllBytes(own.certificate);
    SslContextBuilder old =
        SslContextBuilder.forClient().trustManager(new ByteArrayInputStream(before));
    SslContextBuilder fresh =
        SslContextBuilder.forClient().trustManager(renewed.certificate.toFile());
    try (Server server = serve("")) {
      Files.copy(renewed.certificate, own.certificate, StandardCopyOption.REPLACE_EXISTING);
      assertThat(reload(server)).contains("expected: the key of the first certificate in");
      assertThat(health(server, old)).isEqualTo(ServingStatus.SERVING);
      Files.copy(renewed.privateKey, own.privateKey, StandardCopyOption.REPLACE_EXISTING);
      assertThat(reload(server)).isEqualTo("ruleset 1 is in force\n");
      assertThat(health(server, fresh)).isEqualTo(ServingStatus.SERVING);
      assertThatThrownBy(() -> health(server, old)).isInstanceOf(StatusRuntimeException.class);
    }
  }

  @Test
  void renewedClientCa_isTrusted() throws Exception {
    Path ca = Files.copy(stranger().certificate, folder.resolve("clients.crt"));
    try (Server server = serve(", client_ca: \"" + ca + "\"")) {
      SslContextBuilder client =
          SslContextBuilder.forClient()
              .trustManager(own.certificate.toFile())
              .keyManager(own.certificate.toFile(), own.privateKey.toFile());
      assertThatThrownBy(() -> health(server, client)).isInstanceOf(StatusRuntimeException.class);
      Files.copy(own.certificate, ca, StandardCopyOption.REPLACE_EXISTING);
      for (int look = 0; look < 100 && !trusts(server, client); look++) {
        Thread.sleep(100); // the change is seen within a second, unasked
      }
      assertThat(health(server, client)).isEqualTo(ServingStatus.SERVING);
    }
  }

  private static boolean trusts(Server server, SslContextBuilder client) throws Exception {
    try {
      return health(server, client) == ServingStatus.SERVING;
    } catch (StatusRuntimeException _) {
      return false;
    }
  }

  private static String reload(Server server) throws Exception {
    return Http.send(
            Http.request("http://" + server.adminAddress() + "/config/reload")
                .header("authorization", "Bearer admin-token")
                .POST(BodyPublishers.noBody())
                .build())
        .body();
  }

  private Certificate stranger() throws Exception {
    return new Certificate(Files.createDirectory(folder.resolve("other")));
  }

  @Test
  void providerOverTls_isVerified_andReached() throws Exception {
    BlockingQueue<ExchangeRecord> records = new LinkedBlockingQueue<>();
    try (FakeProvider provider = new FakeProvider(null, Behaviour.GOOD, own.context())) {
      assertThat(answer(provider, own.certificate, records).statusCode()).isEqualTo(200);
      assertThat(records.take().target()).isEqualTo("t");
      assertThat(answer(provider, stranger().certificate, records).statusCode()).isEqualTo(503);
    }
  }

  private HttpResponse<String> answer(
      FakeProvider provider, Path ca, BlockingQueue<ExchangeRecord> records) throws Exception {
    Path file = folder.resolve("drover.yaml");
    Files.writeString(
        file,
        """
        version: 1
        server: { listen: "127.0.0.1:%d", admin: "127.0.0.1:0", state_dir: "%s/state" }
        envoy: { listen: "127.0.0.1:%d", admin: "127.0.0.1:0", trusted_ca: "%s" }
        providers: { p: { base_url: "%s" } }
        targets: { t: { provider: p, model: m, price: { input: 1, output: 1 } } }
        models: { m: { targets: [t] } }
        """
            .formatted(Ports.free(), folder, Ports.free(), ca, provider.baseUrl()));
    GatewayConfig config = Rig.load(file);
    try (Server server = new Server(file, config, List.of(records::add));
        DataPlane dataPlane = TestDataPlane.chosen().start(config, folder)) {
      assertThat(server.exchangesActive()).isZero();
      return Http.post("http://" + dataPlane.address() + Http.CHAT, Http.chat("m"));
    }
  }
}
