package dev.drover.tools.standin;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Envoy's side of an ADS stream: asks for resources, accepts or refuses what comes, connects again
 * with what it has. Thread-safe; all that comes is handled on one thread.
 */
final class AdsClient implements AutoCloseable {
  private static final Duration FIRST_BACK_OFF = Duration.ofMillis(500);
  private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(30);

  /** Takes what comes. */
  interface Listener {
    /**
     * Replaces the resources of a type with these.
     *
     * @throws IllegalArgumentException to refuse them; the message tells why
     */
    void update(String type, Map<String, Any> resources);
  }

  /** A resource and its version. */
  private record Known(Any resource, String version) {}

  /** The subscription to one type of resource, and the resources known of it. */
  private static final class Type {
    final Set<String> names = new TreeSet<>();
    Map<String, Known> known = new LinkedHashMap<>();
    String version = "";
    String nonce = "";
  }

  private final ManagedChannel channel;
  private final Node node;
  private final boolean delta;
  private final Listener listener;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("standin-xds").factory());
  private final Map<String, Type> types = new LinkedHashMap<>();
  private Duration backOff = FIRST_BACK_OFF;
  private @Nullable Stream stream;
  private final AtomicInteger streams = new AtomicInteger();

  /** A connection to the discovery server. */
  private interface Stream {
    void ask(String type, Type asked, @Nullable String refusal);

    void cancel();
  }

  /**
   * @param delta whether changes alone are sent, not the state of the world
   */
  AdsClient(ManagedChannel channel, Node node, boolean delta, Listener listener) {
    this.channel = channel;
    this.node = node;
    this.delta = delta;
    this.listener = listener;
  }

  /** Connects; {@link #subscribe} before. */
  void start() {
    thread.execute(this::connect);
  }

  /** Asks for resources of a type; no names: for all. */
  void subscribe(String type, Set<String> names) {
    thread.execute(
        () -> {
          boolean fresh = !types.containsKey(type);
          Type asked = types.computeIfAbsent(type, _ -> new Type());
          if ((asked.names.addAll(names) || fresh) && stream != null) {
            stream.ask(type, asked, null);
          }
        });
  }

  /** Returns how many streams have been opened since the start. Thread-safe. */
  int streams() {
    return streams.get();
  }

  /** Ends the stream, as a network does; it is opened again. */
  void cut() {
    thread.execute(
        () -> {
          if (stream != null) {
            stream.cancel();
          }
        });
  }

  private void connect() {
    int number = streams.incrementAndGet();
    Stream opened = delta ? new Delta(number) : new StateOfTheWorld(number);
    stream = opened;
    types.forEach(
        (type, asked) -> {
          asked.nonce = "";
          opened.ask(type, asked, null);
        });
  }

  private void ended() {
    stream = null;
    long millis = ThreadLocalRandom.current().nextLong(1, backOff.toMillis() + 1);
    backOff =
        backOff.multipliedBy(2).compareTo(LONGEST_BACK_OFF) > 0
            ? LONGEST_BACK_OFF
            : backOff.multipliedBy(2);
    thread.schedule(this::connect, millis, TimeUnit.MILLISECONDS);
  }

  /** Takes what came, or refuses it. */
  private void came(Stream on, String type, String nonce, String version, Map<String, Known> all) {
    Type asked = types.get(type);
    if (asked == null) {
      return;
    }
    backOff = FIRST_BACK_OFF;
    asked.nonce = nonce;
    Map<String, Any> resources = new LinkedHashMap<>();
    all.forEach((name, known) -> resources.put(name, known.resource));
    try {
      listener.update(type, resources);
    } catch (IllegalArgumentException e) {
      on.ask(type, asked, String.valueOf(e.getMessage()));
      return;
    }
    asked.known = all;
    asked.version = version;
    on.ask(type, asked, null);
  }

  private com.google.rpc.Status status(String words) {
    return com.google.rpc.Status.newBuilder()
        .setCode(Code.INVALID_ARGUMENT_VALUE)
        .setMessage(words)
        .build();
  }

  private abstract class Observed<Q, A> implements Stream, StreamObserver<A> {
    private final int number;
    final StreamObserver<Q> server;
    private boolean named;

    /**
     * @param number which stream it is: what comes late on an earlier one is nobody's
     */
    Observed(int number) {
      this.number = number;
      server = open();
    }

    abstract StreamObserver<Q> open();

    abstract void taken(A answer);

    @Override
    public void onNext(A answer) {
      later(
          () -> {
            if (number == streams.get()) {
              taken(answer);
            }
          });
    }

    @Override
    public void onError(Throwable error) {
      later(
          () -> {
            if (number == streams.get() && stream != null) {
              ended();
            }
          });
    }

    @Override
    public void onCompleted() {
      onError(new IllegalStateException("completed"));
    }

    @Override
    public void cancel() {
      server.onError(io.grpc.Status.CANCELLED.asRuntimeException());
    }

    /** The node, in the first message only. */
    Node node() {
      Node first = named ? Node.getDefaultInstance() : node;
      named = true;
      return first;
    }

    private void later(Runnable task) {
      try {
        thread.execute(task);
      } catch (RejectedExecutionException _) {
        // closed
      }
    }
  }

  private final class StateOfTheWorld extends Observed<DiscoveryRequest, DiscoveryResponse> {
    StateOfTheWorld(int number) {
      super(number);
    }

    @Override
    StreamObserver<DiscoveryRequest> open() {
      return AggregatedDiscoveryServiceGrpc.newStub(channel).streamAggregatedResources(this);
    }

    @Override
    public void ask(String type, Type asked, @Nullable String refusal) {
      DiscoveryRequest.Builder request =
          DiscoveryRequest.newBuilder()
              .setNode(node())
              .setTypeUrl(type)
              .setVersionInfo(asked.version)
              .setResponseNonce(asked.nonce)
              .addAllResourceNames(asked.names);
      if (refusal != null) {
        request.setErrorDetail(status(refusal));
      }
      server.onNext(request.build());
    }

    @Override
    void taken(DiscoveryResponse answer) {
      Map<String, Known> all = new LinkedHashMap<>();
      for (Any resource : answer.getResourcesList()) {
        all.put(Names.of(resource), new Known(resource, answer.getVersionInfo()));
      }
      came(this, answer.getTypeUrl(), answer.getNonce(), answer.getVersionInfo(), all);
    }
  }

  private final class Delta extends Observed<DeltaDiscoveryRequest, DeltaDiscoveryResponse> {
    private final Set<String> begun = new TreeSet<>();

    Delta(int number) {
      super(number);
    }

    @Override
    StreamObserver<DeltaDiscoveryRequest> open() {
      return AggregatedDiscoveryServiceGrpc.newStub(channel).deltaAggregatedResources(this);
    }

    @Override
    public void ask(String type, Type asked, @Nullable String refusal) {
      DeltaDiscoveryRequest.Builder request =
          DeltaDiscoveryRequest.newBuilder()
              .setNode(node())
              .setTypeUrl(type)
              .setResponseNonce(asked.nonce);
      if (begun.add(type)) {
        request.addAllResourceNamesSubscribe(asked.names);
        asked.known.forEach(
            (name, known) -> request.putInitialResourceVersions(name, known.version));
      } else if (asked.nonce.isEmpty()) {
        request.addAllResourceNamesSubscribe(asked.names);
      }
      if (refusal != null) {
        request.setErrorDetail(status(refusal));
      }
      server.onNext(request.build());
      asked.nonce = "";
    }

    @Override
    void taken(DeltaDiscoveryResponse answer) {
      Type asked = types.get(answer.getTypeUrl());
      if (asked == null) {
        return;
      }
      Map<String, Known> all = new LinkedHashMap<>(asked.known);
      answer.getRemovedResourcesList().forEach(all::remove);
      for (Resource resource : answer.getResourcesList()) {
        all.put(resource.getName(), new Known(resource.getResource(), resource.getVersion()));
      }
      came(this, answer.getTypeUrl(), answer.getNonce(), answer.getSystemVersionInfo(), all);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    channel.shutdownNow();
  }
}
