package dev.drover.types;

import java.net.InetAddress;

/**
 * A TCP address.
 *
 * @param host DNS name or IP address, without brackets
 * @param port 0 to 65535
 */
public record HostPort(String host, int port) {
  /** Reads {@code host:port} or {@code [v6]:port}. */
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    try {
      String host = text.substring(0, colon);
      boolean bracketed = host.startsWith("[") && host.endsWith("]");
      int port = Integer.parseInt(text.substring(colon + 1));
      if (port < 0 || port > 65535) {
        throw new NumberFormatException();
      }
      return new HostPort(bracketed ? host.substring(1, host.length() - 1) : host, port);
    } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          "address: " + text + " (expected: host:port with a port of 0..65535)", e);
    }
  }

  /** Returns whether the host is this machine to itself: an address in digits, or localhost. */
  public boolean isLoopback() {
    if (host.equalsIgnoreCase("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException _) {
      return false; // a name
    }
  }

  /** The usual text of an address, with brackets around IPv6. */
  public static String text(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  @Override
  public String toString() {
    return text(host, port);
  }
}
