package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.admission.Admission;
import dev.drover.admission.Admission.Result.In;
import dev.drover.admission.AdmissionController;
import dev.drover.admission.AdmissionRequest;
import dev.drover.admission.ApplicableLimits;
import dev.drover.admission.Budget;
import dev.drover.admission.Budgets;
import dev.drover.admission.Quota;
import dev.drover.admission.Quotas;
import dev.drover.config.schema.RedisConfig;
import dev.drover.coordination.Coordinator;
import dev.drover.coordination.redis.RedisCoordinator;
import dev.drover.record.Caller;
import dev.drover.record.Outcome;
import dev.drover.state.health.Breaker;
import dev.drover.state.health.HealthRegistry;
import dev.drover.state.health.HealthSettings;
import dev.drover.state.health.TargetHealth;
import dev.drover.state.stored.ResponseLocation;
import dev.drover.testing.Configs;
import dev.drover.types.PendingReply;
import dev.drover.types.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two that count together in a real Redis. */
class RedisIT {
  private static final Caller ALICE = new Caller("alice", "search", "", null);
  private static final Ticker TICKER = Ticker.system();

  private static final HealthSettings SETTINGS =
      HealthSettings.compile(Configs.three("priority").health());

  /** One of several Drovers, as far as it counts. */
  private static final class One implements AutoCloseable {
    final AdmissionController controller =
        new AdmissionController(
            new Quotas(TICKER),
            new Budgets(Map.of(), InstantSource.system()),
            TICKER,
            InstantSource.system());
    final HealthRegistry health = new HealthRegistry(TICKER);
    final RedisCoordinator joint;

    void configure(String yaml) {
      controller.configure(Configs.load(Configs.THREE.replace("STRATEGY", "priority") + yaml));
    }

    One(String url, String timeout, String yaml) {
      configure(yaml);
      joint =
          RedisCoordinator.start(
              new RedisConfig(url, null, null, "test", Duration.parse(timeout)),
              () -> null,
              controller,
              health,
              true,
              TICKER);
    }

    ApplicableLimits claim(long tokens, long cost) {
      return controller.applicable(
          new AdmissionRequest(
              ALICE, "chat", Map.of(), tokens, cost, new AdmissionRequest.Bound(tokens, cost)));
    }

    PendingReply<Coordinator.Reply> ask(long tokens, long cost) {
      PendingReply<Coordinator.Reply> reply = joint.ask(claim(tokens, cost), null);
      assertThat(reply).as("asked together").isNotNull();
      return reply;
    }

    Admission.Result admit(long tokens, long cost) {
      PendingReply<Coordinator.Reply> reply = joint.ask(claim(tokens, cost), null);
      return reply == null ? controller.admit(claim(tokens, cost)) : result(reply);
    }

    /** Waits for a reply that must say whether the request is admitted. */
    static Admission.Result result(PendingReply<Coordinator.Reply> reply) {
      reply.arrived().handle((_, _) -> true).toCompletableFuture().join();
      return ((Coordinator.Reply.Decided) reply.take()).result();
    }

    Admission in(long tokens, long cost) {
      Admission.Result result = admit(tokens, cost);
      assertThat(result).isInstanceOf(Admission.Result.In.class);
      return ((Admission.Result.In) result).admission();
    }

    TargetHealth health(String target) {
      return health.all().stream()
          .filter(each -> each.target().equals(target))
          .findFirst()
          .orElseThrow();
    }

    Budget budget() {
      return controller.budgets().all().getFirst();
    }

    long spent() {
      return budget().spent(InstantSource.system().instant());
    }

    @Override
    public void close() {
      joint.close();
    }
  }

  private static String alice(String more) {
    return "keys: [ { id: alice, sha256: \"%s\", %s } ]".formatted("0".repeat(64), more);
  }

  private RealRedis redis;
  private final List<One> all = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    redis = new RealRedis();
  }

  @AfterEach
  void stop() throws IOException {
    all.forEach(One::close);
    redis.close();
  }

  private One one(String yaml) {
    One one = new One(redis.url(), "PT5S", yaml);
    all.add(one);
    try {
      await("the connection", one.joint::up);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return one;
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    boolean met = condition.getAsBoolean();
    while (!met && System.nanoTime() < deadline) {
      Thread.sleep(5);
      met = condition.getAsBoolean();
    }
    assertThat(met).as(what).isTrue();
  }

  /** Asks both by turns, all at once. */
  private static List<Admission> admitted(One a, One b, int requests, long tokens, long cost) {
    List<PendingReply<Coordinator.Reply>> replies = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      replies.add((i % 2 == 0 ? a : b).ask(tokens, cost));
    }
    List<Admission> in = new ArrayList<>();
    for (PendingReply<Coordinator.Reply> reply : replies) {
      if (One.result(reply) instanceof Admission.Result.In(Admission admission)) {
        in.add(admission);
      }
    }
    return in;
  }

  @Test
  void limits_letTheBurstIn_together() {
    String yaml = alice("limits: { requests_per_minute: 1, burst: 50 }");
    assertThat(admitted(one(yaml), one(yaml), 500, 1, 1)).hasSize(50);
  }

  @Test
  void tokens_areCountedTogether_andSettled() {
    String yaml = alice("limits: { tokens_per_minute: 1000 }");
    One a = one(yaml);
    One b = one(yaml);
    List<Admission> in = admitted(a, b, 100, 100, 0);
    assertThat(in).hasSize(10);
    in.forEach(admission -> admission.end(10, 0)); // of 100 each
    assertThat(admitted(a, b, 100, 100, 0)).hasSize(9);
  }

  @Test
  void raisedLimit_letsMoreInAtOnce() {
    String low = alice("limits: { tokens_per_minute: 10 }");
    One a = one(low);
    One b = one(low);
    assertThat(admitted(a, b, 10, 1_000, 0)).hasSize(1); // fits no bucket: the next in 100 min
    String high = alice("limits: { tokens_per_minute: 3000 }");
    a.configure(high);
    b.configure(high);
    assertThat(admitted(a, b, 10, 1_000, 0)).hasSize(3);
  }

  @Test
  void placesInFlight_areFreedByEnd_byCancel_andWhenTheirDroverIsGone() throws Exception {
    String yaml = alice("limits: { in_flight: 4 }");
    One a = one(yaml);
    One b = one(yaml);
    List<Admission> in = admitted(a, b, 20, 1, 1);
    assertThat(in).hasSize(4);
    in.get(0).end(1, 1);
    in.get(1).cancel();
    AtomicInteger more = new AtomicInteger(); // of the first, whenever it hears that they are free
    await(
        "the freed places are taken",
        () -> a.admit(1, 1) instanceof Admission.Result.In && more.incrementAndGet() == 2);
    assertThat(b.admit(1, 1)).isInstanceOf(Admission.Result.Out.class);
    a.close();
    await("the places of the first are free", () -> b.admit(1, 1) instanceof Admission.Result.In);
  }

  @Test
  void requestsUnderWay_keepTheirPlaces_whenTheConnectionBreaks() throws Exception {
    String yaml = alice("limits: { in_flight: 4 }, budgets: [ { limit_usd: 1 } ]");
    One a = new One(redis.url(), "PT0.1S", yaml);
    all.add(a);
    await("it is used", a.joint::up);
    One b = one(yaml);
    List<Admission> in = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      in.add(a.in(1, 200_000_000));
    }
    redis.pause(300);
    in.add(a.in(1, 200_000_000)); // alone
    assertThat(a.joint.up()).isFalse();
    await("it is used again", a.joint::up);
    assertThat(b.admit(1, 1)).isInstanceOf(Admission.Result.Out.class);
    in.removeLast().end(1, 1);
    in.removeLast().end(1, 1);
    await("two places are free", () -> admitted(b, b, 1, 1, 300_000_000).size() == 1);
    assertThat(b.admit(1, 300_000_000))
        .as("what the others have reserved is not free")
        .isInstanceOf(Admission.Result.Out.class);
  }

  @Test
  void memoryThatIsWiped_letsNoBudgetBeSpentTwice_norMorePlacesBeTakenThanThereAre() {
    String yaml =
        alice("limits: { in_flight: 4 }, budgets: [ { limit_usd: 1, reserve: expected } ]");
    One a = one(yaml);
    a.in(1, 900_000_000).end(1, 900_000_000);
    redis.forget();
    assertThat(a.admit(1, 200_000_000)).isInstanceOf(Admission.Result.Out.class);
    assertThat(admitted(a, a, 100, 1, 1)).hasSize(4);
  }

  @Test
  void limitThatGoesAndComesBack_whileRequestsAreUnderWay_isFreeAfterThem() {
    String with = alice("limits: { in_flight: 4 }");
    One a = one(with);
    List<Admission> in = admitted(a, a, 4, 1, 1);
    a.configure(alice("project: none"));
    in.forEach(admission -> admission.end(1, 1));
    a.configure(with);
    assertThat(admitted(a, a, 10, 1, 1)).hasSize(4);
  }

  @Test
  void budgets_areNotOvershot_howeverManyComeAtOnce() {
    String yaml = alice("budgets: [ { limit_usd: 1 } ]");
    One a = one(yaml);
    One b = one(yaml);
    List<Admission> in = admitted(a, b, 500, 1, 20_000_000);
    assertThat(in).hasSize(50);
    in.forEach(admission -> admission.end(1, 10_000_000));
    assertThat(admitted(a, b, 500, 1, 20_000_000)).hasSize(25);
  }

  /** A request that nothing else is under way beside has the rest, wherever it comes. */
  @Test
  void largeRequest_hasTheRest_whenNoDroverHasOneUnderWay() throws Exception {
    String yaml = alice("budgets: [ { limit_usd: 1 } ]");
    One a = one(yaml);
    One b = one(yaml);
    Admission large = a.in(1, 5_000_000_000L);
    assertThat(b.admit(1, 5_000_000_000L))
        .isInstanceOfSatisfying(
            Admission.Result.Out.class, out -> assertThat(out.code()).isEqualTo("budget_reserved"));
    assertThat(a.admit(1, 1)).isInstanceOf(Admission.Result.Out.class);
    large.end(1, 999_999_999);
    await("it is over", () -> !admitted(b, b, 1, 1, 5_000_000_000L).isEmpty());
  }

  @Test
  void whatOthersSpend_isKnownHere_andSaidInRefusals() throws Exception {
    String yaml = alice("budgets: [ { limit_usd: 1, reserve: expected } ]");
    One a = one(yaml);
    One b = one(yaml);
    a.in(1, 900_000_000).end(1, 900_000_001);
    await("what the other has spent", () -> b.spent() == 900_000_001);
    assertThat(b.admit(1, 100_000_000))
        .isInstanceOfSatisfying(
            Admission.Result.Out.class,
            out -> assertThat(out.message()).contains("what is left of it does not cover"));
    b.in(1, 1_000).end(1, 999);
    await("both", () -> a.spent() == 900_001_000);
  }

  @Test
  void rollingBudget_isSharedToo() throws Exception {
    String yaml = alice("budgets: [ { limit_tokens: 100, per: rolling_day } ]");
    One a = one(yaml);
    One b = one(yaml);
    a.in(60, 0).end(60, 0);
    await("what the other has spent", () -> b.spent() == 60);
    assertThat(admitted(a, b, 10, 20, 0)).hasSize(2);
  }

  @Test
  void quotaOfATarget_isSharedSoon() throws Exception {
    String yaml = "";
    String limited =
        Configs.THREE.replace(
            "context_window: 1000", "limits: { requests_per_minute: 1, burst: 5 }");
    One a = one(yaml);
    One b = one(yaml);
    for (One one : all) {
      one.controller.configure(Configs.load(limited.replace("STRATEGY", "priority")));
    }
    Quota here = a.controller.quotas().ofTarget("a");
    Quota there = b.controller.quotas().ofTarget("a");
    for (int i = 0; i < 3; i++) {
      here.count(1);
    }
    there.count(1);
    assertThat(there.waitNanos(1, TICKER.nanos())).isZero();
    here.count(1);
    await("both know that it is full", () -> there.waitNanos(1, TICKER.nanos()) > 0);
    await("both", () -> here.waitNanos(1, TICKER.nanos()) > 0);
  }

  /** Each Drover alone stays below the limit; both together do not. */
  @Test
  void quotaOfATarget_isSharedAtASteadyRateToo() throws Exception {
    One a = one("");
    One b = one("");
    for (One one : all) {
      one.controller.configure(
          Configs.load(
              Configs.THREE
                  .replace("STRATEGY", "priority")
                  .replace(
                      "context_window: 1000", "limits: { requests_per_minute: 600, burst: 5 }")));
    }
    Quota here = a.controller.quotas().ofTarget("a");
    Quota there = b.controller.quotas().ofTarget("a");
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    boolean full = false;
    while (!full && System.nanoTime() < deadline) {
      for (Quota quota : List.of(here, there)) {
        full |= quota.waitNanos(1, TICKER.nanos()) > 0;
        quota.count(1);
      }
      Thread.sleep(125); // eight a second of ten
    }
    assertThat(full).as("one of them knows that both have taken too much").isTrue();
  }

  @Test
  void spentBudget_degradesTogether() {
    String yaml = alice("budgets: [ { limit_usd: 1, degrade_to: [a] } ]");
    One a = one(yaml);
    One b = one(yaml);
    a.in(1, 1_000_000_000).end(1, 1_000_000_000);
    Admission degraded = b.in(1, 5);
    assertThat(degraded.degraded()).isNotNull();
    assertThat(degraded.degraded().targets()).containsExactly("a");
  }

  @Test
  void redisThatLostItsMemory_isToldAllAgain() throws Exception {
    String yaml =
        alice("budgets: [ { limit_usd: 1 } ], limits: { requests_per_minute: 1, burst: 10 }");
    One a = one(yaml);
    One b = one(yaml);
    a.in(1, 1_000).end(1, 300);
    b.in(1, 1_000).end(1, 40);
    await("both know", () -> a.spent() == 340 && b.spent() == 340);
    redis.kill();
    a.in(1, 1_000).end(1, 5);
    await("the loss is noticed", () -> !a.joint.up() && !b.joint.up());
    a.in(1, 1_000).end(1, 1);
    b.in(1, 1_000).end(1, 2);
    redis.restart();
    await("it is back", () -> a.joint.up() && b.joint.up());
    await("all is recounted", () -> a.spent() == 348 && b.spent() == 348);
    // the two before it went, and what each took alone: at least the larger of both
    assertThat(admitted(a, b, 40, 1, 1).size()).isBetween(5, 7);
  }

  @Test
  void slowRedis_isWaitedForOnce_thenLeftAlone() throws Exception {
    One a = new One(redis.url(), "PT0.1S", alice("budgets: [ { limit_usd: 1 } ]"));
    all.add(a);
    await("it is used", a.joint::up);
    redis.pause(3_000);
    Admission first = a.in(1, 1);
    assertThat(a.joint.up()).isFalse();
    for (int i = 0; i < 1_000; i++) {
      PendingReply<Coordinator.Reply> reply = a.ask(1, 1);
      assertThat(reply.arrived().toCompletableFuture()).as("left alone").isDone();
      ((Admission.Result.In) One.result(reply)).admission().end(1, 1);
    }
    first.end(1, 1);
    assertThat(a.joint.alone()).isEqualTo(1_001);
    await("it is used again", a.joint::up);
    One b = one(alice("budgets: [ { limit_usd: 1 } ]"));
    await("what was counted alone", () -> b.spent() == 1_001);
  }

  @Test
  void replyThatCannotBeRead_isNoOutage_andItsReservationIsGivenBack() throws Exception {
    String yaml = alice("limits: { in_flight: 1 }, budgets: [ { limit_usd: 1 } ]");
    try (LyingRedis lying = new LyingRedis(redis.port())) {
      One a = new One(lying.url(), "PT5S", yaml);
      all.add(a);
      assertThat(a.joint.up()).isTrue();
      One b = one(yaml);
      lying.lie(1);
      Admission alone = a.in(10, 10);
      assertThat(a.joint.up()).as("it answered").isTrue();
      assertThat(a.joint.alone()).isEqualTo(1);
      await("what Redis reserved is given back", () -> b.admit(10, 10) instanceof In);
      alone.end(10, 10);
    }
  }

  @Test
  void restart_fillsUpWhatNobodyElseRemembers() throws Exception {
    String yaml = alice("budgets: [ { limit_usd: 1 } ]");
    One a = one(yaml);
    a.budget()
        .restore(
            List.copyOf(a.budget().own(InstantSource.system().instant()).keySet()),
            List.of(777L),
            InstantSource.system().instant());
    a.in(1, 10).end(1, 3);
    One b = one(yaml);
    await("the past", () -> b.spent() == 780);
  }

  @Test
  void targetThatIsIll_restsEverywhere() throws Exception {
    String yaml = alice("budgets: []");
    One a = one(yaml);
    One b = one(yaml);
    for (One one : all) {
      one.health.configure("a", SETTINGS);
      one.health.configure("b", SETTINGS);
    }
    TargetHealth ill = a.health("a");
    for (int i = 0; i < 5; i++) {
      ill.begin(-1).finish(Outcome.FAILURE, 1);
    }
    assertThat(ill.breaker().kind(TICKER.nanos())).isEqualTo(Breaker.Kind.OPEN);
    a.health("b").cool(Duration.ofSeconds(30).toNanos());
    await("the rest", () -> b.health("b").coolingNanos(TICKER.nanos()) > 0);
    await("the breaker", () -> b.health("a").breaker().kind(TICKER.nanos()) == Breaker.Kind.OPEN);
    assertThat(b.health("a").breaker().nanosToTrial(TICKER.nanos()))
        .isBetween(Duration.ofSeconds(30).toNanos(), Duration.ofSeconds(60).toNanos());
    b.health("a").probed(Outcome.SUCCESS, TICKER.nanos());
    assertThat(b.health("a").breaker().claim(TICKER.nanos())).as("a trial begins").isTrue();
    a.health("a").probed(Outcome.SUCCESS, TICKER.nanos());
    a.health("a").begin(-1).finish(Outcome.SUCCESS, 1);
    assertThat(a.health("a").breaker().kind(TICKER.nanos())).isEqualTo(Breaker.Kind.CLOSED);
    Thread.sleep(1_500); // three rounds: neither what was said before nor the trial opens it again
    assertThat(a.health("a").breaker().kind(TICKER.nanos())).isEqualTo(Breaker.Kind.CLOSED);
    assertThat(b.health("a").breaker().kind(TICKER.nanos())).isEqualTo(Breaker.Kind.HALF_OPEN);
  }

  private static Coordinator.Located located(PendingReply<Coordinator.Located> reply) {
    assertThat(reply).isNotNull();
    reply.arrived().toCompletableFuture().join();
    return reply.take();
  }

  @Test
  void whereAResponseIs_isKnownToBoth_andStaysItsOwners() {
    ResponseLocation location =
        new ResponseLocation(
            "chat", "p", "t", "env KEY", "team search", 7, Instant.ofEpochSecond(12));
    One one = one("");
    One two = one("");
    one.joint.remember("resp_1", location, 60_000);
    one.joint.remember("resp_2", location.withTokens(9), 60_000);
    located(one.joint.locate(List.of("resp_2"))); // by now both are there
    ResponseLocation stolen =
        new ResponseLocation("chat", "x", "x", "", "team ads", 0, Instant.ofEpochSecond(13));
    two.joint.remember("resp_1", stolen, 60_000);
    Coordinator.Located found = located(two.joint.locate(List.of("resp_1", "resp_0", "resp_2")));
    assertThat(found.certain()).isTrue();
    assertThat(found.found())
        .isEqualTo(Map.of("resp_1", location, "resp_2", location.withTokens(9)));
    two.joint.forget("resp_1");
    assertThat(located(two.joint.locate(List.of("resp_1"))).found()).isEmpty();
  }
}
