package dev.drover.exchange.pipeline;

import dev.drover.message.Inbound;
import dev.drover.types.HostPort;

/** Tells whether a request comes from this machine. */
final class Source {
  private Source() {}

  /**
   * Returns whether a request comes from this machine: by Envoy's {@code source.address}, which is
   * a path for a Unix socket; where Envoy does not send that, by the last address of {@code
   * x-forwarded-for}, which Envoy adds. A request of which neither is known does not.
   */
  static boolean isHere(Inbound.RequestHeaders in) {
    if (in.source() != null) {
      return in.source().startsWith("/") || in.source().startsWith("@") || isLoopback(in.source());
    }
    String forwarded = in.headers().text("x-forwarded-for");
    String last = forwarded.substring(forwarded.lastIndexOf(',') + 1).strip();
    return !last.isEmpty() && new HostPort(last, 0).isLoopback();
  }

  private static boolean isLoopback(String address) {
    try {
      return HostPort.parse(address).isLoopback();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
