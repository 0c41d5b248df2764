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
 * @param hereOnly whether only this machine gets more than signs of life
 * @param tls of {@code address}; null for plain text
 */
public record AdminListen(
    String address, @Nullable String health, boolean hereOnly, @Nullable Tls tls) {
  /**
   * The TLS of a server.
   *
   * @param context presents the certificate
   * @param clientCertificate whether a client has to present one too
   */
  public record Tls(SSLContext context, boolean clientCertificate) {}

  /** Returns the addresses of a config. */
  public static AdminListen of(ServerConfig config, @Nullable Tls tls) {
    return new AdminListen(config.admin(), config.health(), narrowed(config), tls);
  }

  /**
   * Returns whether the pages are kept to this machine though the config names another address. A
   * network that is trusted with the exchanges is not trusted with the pages: without a token only
   * signs of life are for others.
   */
  public static boolean narrowed(ServerConfig config) {
    return config.adminToken() == null && !Addresses.local(config.admin());
  }

  /**
   * Returns whether a request is one for this machine and comes from another.
   *
   * @param remote the address that it comes from
   */
  boolean shut(String path, String remote) {
    return hereOnly && !path.startsWith(AdminServer.HEALTH) && !loopback(remote);
  }

  /** Returns whether an address, in digits, is one of this machine to itself. */
  static boolean loopback(String address) {
    return new HostPort(address.replaceAll("[\\[\\]]", ""), 0).isLoopback();
  }
}
