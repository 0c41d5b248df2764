package dev.drover.extproc;

import dev.drover.config.bind.Problem;
import dev.drover.config.schema.TlsConfig;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.CertificateUtils;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the certificate that the ext_proc server presents and the client CAs that it trusts.
 * Connections made after {@link #readAgain} use the files as of that call. Thread-safe.
 */
public final class ServerTls {
  private static final Logger log = LoggerFactory.getLogger(ServerTls.class);

  /** Holds the parsed contents of the TLS files. */
  private record Held(
      List<X509Certificate> chain, PrivateKey key, List<X509Certificate> clientCas) {}

  private static final class Unusable extends Exception {
    private static final long serialVersionUID = 1;
    private final transient Problem problem;

    Unusable(Problem problem) {
      super(problem.toString());
      this.problem = problem;
    }
  }

  private final String key;
  private final TlsConfig config;
  private final InstantSource wall;
  private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
  private final AdvancedTlsX509TrustManager trust;
  private final NamedClients named;
  private Held held;
  private volatile List<Problem> problems = List.of();

  /**
   * @param key the config key of the files, such as {@code server.tls}
   * @throws IOException when a file cannot be read, or certificate and key are no pair; the message
   *     names it
   */
  public ServerTls(String key, TlsConfig config, InstantSource wall) throws IOException {
    this.key = key;
    this.config = config;
    this.wall = wall;
    try {
      trust = AdvancedTlsX509TrustManager.newBuilder().build();
      named = new NamedClients(trust, config.clientNames());
      held = read();
      use(held);
    } catch (Unusable | CertificateException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** The files, those of its config. */
  public List<Path> files() {
    return Stream.of(config.certificate(), config.privateKey(), config.clientCa())
        .filter(Objects::nonNull)
        .map(Path::of)
        .toList();
  }

  /** Returns whether clients have to present a certificate. */
  public boolean asksClients() {
    return config.clientCa() != null;
  }

  /** Until when the certificate that is shown is valid. */
  public synchronized Instant validUntil() {
    return held.chain().getFirst().getNotAfter().toInstant();
  }

  /** Returns whether the certificate has expired. */
  public boolean expired() {
    return validUntil().isBefore(wall.instant());
  }

  /** Returns the problems that the last read of the files has found; empty when there were none. */
  public List<Problem> problems() {
    return problems;
  }

  /** Reads the files again; what was read before stays in use when they are not sound. */
  public synchronized void readAgain() {
    try {
      Held found = read();
      if (!found.equals(held)) {
        use(found);
        held = found;
        log.info("{}: read again, the certificate is valid until {}", key, validUntil());
        warnIfExpired();
      } else if (!problems.isEmpty()) {
        log.info("{}: sound again", key);
      }
      problems = List.of();
    } catch (Unusable e) {
      List<Problem> found = List.of(e.problem);
      if (!found.equals(problems)) {
        log.error("{}; what was read before stays in use", e.problem);
      }
      problems = found;
    }
  }

  /** Tells the log when the certificate is one that no Envoy will take. */
  public void warnIfExpired() {
    if (expired()) {
      log.warn("{}.certificate: expired {} (expected: one that is valid)", key, validUntil());
    }
  }

  SslContext context() throws IOException {
    SslContextBuilder builder = SslContextBuilder.forServer(keys);
    if (config.clientCa() != null) {
      builder.trustManager(named).clientAuth(ClientAuth.REQUIRE);
    }
    return GrpcSslContexts.configure(builder).build();
  }

  /**
   * Returns a context for servers that speak TLS by the JDK. It presents the certificate as it is
   * by then, and asks clients for one where the config names a CA.
   */
  public SSLContext jdkContext() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {keys}, new TrustManager[] {named}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(key + ": " + e.getMessage(), e);
    }
  }

  private void use(Held found) throws Unusable {
    try {
      keys.updateIdentityCredentials(found.chain().toArray(X509Certificate[]::new), found.key());
      trust.updateTrustCredentials(found.clientCas().toArray(X509Certificate[]::new));
    } catch (IOException | GeneralSecurityException e) {
      throw new Unusable(
          new Problem(key, String.valueOf(e.getMessage()), "files that go together"));
    }
  }

  private Held read() throws Unusable {
    List<X509Certificate> chain = certificates("certificate", config.certificate());
    PrivateKey secret = privateKey(config.privateKey());
    if (!pair(chain.getFirst().getPublicKey(), secret)) {
      throw unusable(
          "private_key",
          config.privateKey(),
          "the key of the first certificate in " + config.certificate());
    }
    String clientCa = config.clientCa();
    return new Held(
        chain, secret, clientCa == null ? List.of() : certificates("client_ca", clientCa));
  }

  private List<X509Certificate> certificates(String name, String file) throws Unusable {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      X509Certificate[] found = CertificateUtils.getX509Certificates(in);
      if (found.length > 0) {
        return List.of(found);
      }
    } catch (IOException | GeneralSecurityException _) { // said below
    }
    throw unusable(name, file, "certificates in a PEM file");
  }

  private PrivateKey privateKey(String file) throws Unusable {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return CertificateUtils.getPrivateKey(in);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException _) {
      throw unusable("private_key", file, "an RSA or EC key as PKCS#8 in a PEM file");
    }
  }

  /** Says what the place holds instead of why: a library's message may quote a key. */
  private Unusable unusable(String name, String file, String expected) {
    String state = Files.isReadable(Path.of(file)) ? "" : ": not a file that can be read";
    return new Unusable(new Problem(key + "." + name, file + state, expected));
  }

  /** Returns whether the public key verifies signatures made with the private key. */
  private static boolean pair(PublicKey shown, PrivateKey key) {
    if (!shown.getAlgorithm().equals(key.getAlgorithm())) {
      return false;
    }
    try {
      Signature signature =
          Signature.getInstance(
              key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
      byte[] anything = {1, 2, 3};
      signature.initSign(key);
      signature.update(anything);
      byte[] signed = signature.sign();
      signature.initVerify(shown);
      signature.update(anything);
      return signature.verify(signed);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }
}
