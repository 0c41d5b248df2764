package dev.drover.exchange;

import dev.drover.admission.ApplicableLimits;
import dev.drover.cache.CacheKey;
import dev.drover.cache.CachedResponse;
import dev.drover.cache.ResponseCache;
import dev.drover.catalog.Catalog;
import dev.drover.coordination.Coordinator;
import dev.drover.exchange.account.ExchangeContext;
import dev.drover.exchange.account.InFlightExchanges;
import dev.drover.exchange.account.Stopwatch;
import dev.drover.exchange.account.Tracing;
import dev.drover.message.BodyMode;
import dev.drover.message.ExchangeMetadata;
import dev.drover.message.Headers;
import dev.drover.message.Inbound;
import dev.drover.message.ProcessingModes;
import dev.drover.record.ExchangeRecord;
import dev.drover.routing.Ruleset;
import dev.drover.state.RuntimeState;
import dev.drover.state.health.TargetHealth;
import dev.drover.state.stored.ResponseLocation;
import dev.drover.testing.Configs;
import dev.drover.testing.FakeTicker;
import dev.drover.types.Bytes;
import dev.drover.types.HeldBytes;
import dev.drover.types.PendingReply;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Drover without a wire: exchanges are driven by hand. */
final class Scene {
  static final String BODY =
      "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  static final ProcessingModes BUFFERED =
      new ProcessingModes(BodyMode.BUFFERED, BodyMode.STREAMED, true);

  final FakeTicker time = new FakeTicker();
  final InstantSource wall = () -> Instant.EPOCH.plusNanos(time.nanos());
  final RuntimeState state = RuntimeState.fresh(time, wall);
  final InFlightExchanges inFlight = new InFlightExchanges();
  long heldMost = Long.MAX_VALUE;
  final HeldBytes held = new HeldBytes(() -> heldMost);
  final List<ExchangeRecord> records = new ArrayList<>();
  final ExchangeContext context;
  private @Nullable CompletableFuture<Coordinator.Reply> asked;

  /** What others say of where responses are stored; null: there are no others. */
  @Nullable CompletableFuture<Coordinator.Located> located;

  /** What others have been told of where responses are stored. */
  final Map<String, ResponseLocation> told = new HashMap<>();

  private int ids;

  /** Others are asked only while a test says so. */
  private final Coordinator coordinator =
      new Coordinator() {
        @Override
        public @Nullable PendingReply<Reply> ask(
            ApplicableLimits applicable, @Nullable Sought sought) {
          return asked == null ? null : PendingReply.of(asked);
        }

        @Override
        public void keep(CacheKey key, CachedResponse answer, long ttlNanos) {
          // nobody else is there
        }

        @Override
        public @Nullable PendingReply<Located> locate(List<String> ids) {
          return located == null ? null : PendingReply.of(located);
        }

        @Override
        public void remember(String id, ResponseLocation location, long ttlMillis) {
          told.put(id, location);
        }

        @Override
        public void forget(String id) {
          told.remove(id);
        }
      };

  Scene(String yaml) {
    this(yaml, yaml);
  }

  /** Returns a scene whose config may leave open who may call. */
  static Scene asItIs(String yaml) {
    return new Scene(yaml, yaml, 0);
  }

  /** Says that anybody may call, where nothing else is said. */
  private static String open(String yaml) {
    boolean said =
        yaml.contains("\nkeys:")
            || yaml.contains("\nworkloads:")
            || yaml.contains("\nidentity:")
            || yaml.contains("anonymous:");
    return said ? yaml : yaml + "anonymous: true\n";
  }

  /**
   * @param others the config that other Drovers have
   */
  Scene(String yaml, String others) {
    this(open(yaml), open(others), 0);
  }

  private Scene(String yaml, String others, int firstId) {
    ids = firstId;
    Catalog elsewhere = Catalog.compile(Configs.load(others), Configs.credentials());
    Ruleset ruleset =
        Ruleset.compile(1, Configs.load(yaml), Configs.credentials(), state, time, wall);
    context =
        new ExchangeContext(
            () -> ruleset,
            inFlight,
            held,
            new ResponseCache(1 << 20, time),
            coordinator,
            state.responses(),
            records::add,
            new Tracing(true, 1),
            Stopwatch.NONE,
            time,
            () -> Instant.EPOCH,
            () -> "x-" + ids++,
            elsewhere::targetById);
  }

  /** The three, with copies of each chat request to the third. */
  static Scene shadowed() {
    return new Scene(
        Configs.THREE.replace(
            "strategy: STRATEGY", "strategy: priority, shadow: { target: c, share: 1 }"));
  }

  /** The first message of a copy's stream. */
  static Inbound.RequestHeaders copy(String target, String exchange) {
    return new Inbound.RequestHeaders(
        headers(":method", "POST", ":path", "/v1/chat/completions", "x-drover-exchange", exchange),
        false,
        new ProcessingModes(BodyMode.NONE, BodyMode.STREAMED, true),
        "shadow|" + id(target),
        null,
        null);
  }

  static Scene three() {
    return new Scene(Configs.THREE.replace("STRATEGY", "priority"));
  }

  /** From now on others are asked, and do not answer before this does. */
  CompletableFuture<Coordinator.Reply> asking() {
    CompletableFuture<Coordinator.Reply> reply = new CompletableFuture<>();
    asked = reply;
    return reply;
  }

  /** The id that the next exchange will have: shares go by it. */
  String nextId() {
    return "x-" + ids;
  }

  Exchange open() {
    return new Exchange(context);
  }

  /** Whether all is accounted for. */
  boolean settled() {
    return inFlight.size() == 0
        && held.held() == 0
        && state.health().all().stream().mapToInt(TargetHealth::inFlight).sum() == 0;
  }

  static Headers headers(String... namesAndValues) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return Headers.of(map);
  }

  /** What Envoy's endpoint says of a target of the three. */
  static String id(String target) {
    return Objects.requireNonNull(Configs.catalog(Configs.three("priority")).target(target)).id();
  }

  static Inbound.RequestHeaders chat(ProcessingModes modes) {
    return new Inbound.RequestHeaders(
        headers(":method", "POST", ":path", "/v1/chat/completions", "content-length", "100"),
        false,
        modes,
        null,
        null,
        null);
  }

  static Inbound.RequestHeaders attempt(String target, String exchange) {
    return new Inbound.RequestHeaders(
        headers(":method", "POST", ":path", "/v1/chat/completions"),
        false,
        new ProcessingModes(BodyMode.NONE, BodyMode.NONE, true),
        id(target),
        null,
        new ExchangeMetadata(exchange, "openai", "", "/chat/completions"));
  }

  static Inbound.RequestBody body(String text) {
    return new Inbound.RequestBody(Bytes.utf8(text), true);
  }

  static Inbound.ResponseHeaders answer(int status) {
    return new Inbound.ResponseHeaders(
        headers(":status", Integer.toString(status), "content-type", "application/json"),
        false,
        null,
        0);
  }

  static Inbound.ResponseBody answerBody(String text, boolean end) {
    return new Inbound.ResponseBody(Bytes.utf8(text), end);
  }
}
