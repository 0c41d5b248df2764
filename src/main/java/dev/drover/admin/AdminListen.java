package dev.drover.admin;

import dev.drover.config.check.Addresses;
import dev.drover.config.schema.ServerConfig;
import dev.drover.types.HostPort;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of the admin port. Immutable.
 *
 * @param address of the console, the pages and the changes
 * @param health an address of its own for signs of life; null for none
 * @param tls of {@code address}; null for plain text
 */
public record AdminListen(String address, @Nullable String health, @Nullable Tls tls) {
  /**
   * The TLS of a server.
   *
   * @param context presents the certificate
   * @param clientCertificate whether a client has to present one too
   */
  public record Tls(SSLContext context, boolean clientCertificate) {}

  /**
   * Returns the addresses of a config. A network that is trusted with the exchanges is not trusted
   * with the pages: without a token these are for this machine, and only signs of life stay where
   * the config says.
   */
  public static AdminListen of(ServerConfig config, @Nullable Tls tls) {
    return narrowed(config)
        ? new AdminListen(
            "127.0.0.1:" + HostPort.parse(config.admin()).port(),
            config.health() == null ? config.admin() : config.health(),
            tls)
        : new AdminListen(config.admin(), config.health(), tls);
  }

  /** Returns whether the pages are kept to this machine though the config names another address. */
  public static boolean narrowed(ServerConfig config) {
    return config.adminToken() == null && !Addresses.local(config.admin());
  }
}
