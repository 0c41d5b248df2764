package dev.drover.xds;

import io.envoyproxy.controlplane.cache.Resources.V3;
import io.envoyproxy.controlplane.server.DiscoveryServerCallbacks;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps book of what passes between Envoys and the discovery server, and keeps refusals from the
 * server, which would offer the same again at once, for ever. Thread-safe.
 */
final class AckTracker implements DiscoveryServerCallbacks {
  /** Receives what acknowledgements and refusals of Envoys lead to. */
  interface Listener {
    /** Somebody has accepted something, or is gone. */
    void moved();

    /**
     * Returns whether a refusal was made good, so that the refused resources are no longer offered.
     */
    boolean refused(Envoys.Refusal refusal);
  }

  /**
   * A discovery request of an Envoy, in either variant of the protocol.
   *
   * @param node the Envoy's name; empty when an earlier message has named it
   * @param nonce the nonce of the response that it acknowledges or refuses; empty when it only asks
   * @param version the version that the Envoy has; empty when it has none or does not say
   * @param over whether it wants nothing of that type any more
   * @param refusal the reason of a refusal; null when the Envoy does not refuse
   */
  record Message(
      String node,
      String type,
      String nonce,
      String version,
      boolean over,
      @Nullable String refusal) {
    static Message of(DiscoveryRequest request) {
      return new Message(
          request.getNode().getId(),
          request.getTypeUrl(),
          request.getResponseNonce(),
          request.getVersionInfo(),
          request.getResourceNamesList().isEmpty() && !wholesale(request.getTypeUrl()),
          request.hasErrorDetail() ? request.getErrorDetail().getMessage() : null);
    }

    /** Types that are asked for without names; for others no names is the end. */
    private static boolean wholesale(String type) {
      return type.equals(V3.CLUSTER_TYPE_URL) || type.equals(V3.LISTENER_TYPE_URL);
    }

    static Message of(DeltaDiscoveryRequest request) {
      return new Message(
          request.getNode().getId(),
          request.getTypeUrl(),
          request.getResponseNonce(),
          "",
          false,
          request.hasErrorDetail() ? request.getErrorDetail().getMessage() : null);
    }
  }

  private record Key(long stream, String type) {}

  private final Envoys envoys;
  private final Listener listener;
  private final InstantSource wall;
  private final Map<Key, Runnable> kept = new ConcurrentHashMap<>();
  private final ThreadLocal<Long> opened = new ThreadLocal<>();

  AckTracker(Envoys envoys, Listener listener, InstantSource wall) {
    this.envoys = envoys;
    this.listener = listener;
    this.wall = wall;
  }

  /** The library's number of the stream that this thread has just opened: only this tells. */
  long opened() {
    long stream = opened.get();
    opened.remove();
    return stream;
  }

  @Override
  public void onStreamOpen(long stream, String type) {
    opened.set(stream);
    envoys.opened(stream, wall.instant());
  }

  @Override
  public void onStreamClose(long stream, String type) {
    envoys.closed(stream, wall.instant());
    kept.keySet().removeIf(key -> key.stream == stream);
    listener.moved();
  }

  @Override
  public void onStreamCloseWithError(long stream, String type, Throwable error) {
    onStreamClose(stream, type);
  }

  /** Lets the server hear what an Envoy says. */
  interface Pass {
    /**
     * Passes a message on.
     *
     * @param afresh as if it had nothing: what it has refused may be there in part
     */
    void on(boolean afresh);
  }

  /** An Envoy speaks. */
  void heard(long stream, Message message, Pass pass) {
    Envoys.Refusal refusal = envoys.heard(stream, message, wall.instant());
    if (message.over) {
      kept.remove(new Key(stream, message.type));
    } else if (refusal == null || listener.refused(refusal)) {
      pass.on(refusal != null);
    } else {
      envoys.stuck(stream, message.type);
      kept.put(new Key(stream, message.type), () -> pass.on(false));
    }
    listener.moved();
  }

  /** There is something else to offer to those who have refused. */
  void offerAgain() {
    List<Runnable> all = List.copyOf(kept.values());
    kept.clear();
    all.forEach(Runnable::run);
  }

  @Override
  public void onV3StreamRequest(long stream, DiscoveryRequest request) {
    // heard before
  }

  @Override
  public void onV3StreamDeltaRequest(long stream, DeltaDiscoveryRequest request) {
    // heard before
  }

  @Override
  public void onV3StreamResponse(long stream, DiscoveryRequest request, DiscoveryResponse told) {
    envoys.sent(stream, told.getTypeUrl(), told.getNonce(), told.getVersionInfo());
  }

  @Override
  public void onV3StreamDeltaResponse(
      long stream, DeltaDiscoveryRequest request, DeltaDiscoveryResponse told) {
    envoys.sent(stream, told.getTypeUrl(), told.getNonce(), told.getSystemVersionInfo());
  }
}
