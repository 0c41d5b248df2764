package dev.drover.exchange.account;

import dev.drover.catalog.Target;
import dev.drover.dialect.Fault;
import dev.drover.dialect.Operation;
import dev.drover.dialect.ResponseFacts;
import dev.drover.dialect.ResponseTransform;
import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import dev.drover.record.Outcome;
import dev.drover.record.ShadowRecord;
import dev.drover.routing.Estimates;
import dev.drover.types.Bytes;
import dev.drover.types.HeldBytes;
import dev.drover.types.NanoDollars;
import dev.drover.types.ServiceTier;
import dev.drover.types.Usage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settles a journey once: usage, cost, attempts, what was learned, and its one record. Confined to
 * the router-level stream.
 */
public final class Accounting {
  private static final long NONE = -1;

  private final ExchangeContext context;
  private final RoutedExchange exchange;
  private final @Nullable CacheRecorder recorder;
  private final @Nullable Transcript transcript;
  private final StoredIds storedIds;
  private long firstByteNanos = NONE;

  /**
   * @param recorder copies the answer to be kept, or null
   * @param transcript copies what is said for the trace, or null
   */
  public Accounting(
      ExchangeContext context,
      RoutedExchange exchange,
      @Nullable CacheRecorder recorder,
      @Nullable Transcript transcript) {
    this.transcript = transcript;
    this.context = context;
    this.exchange = exchange;
    this.storedIds = new StoredIds(context, exchange);
    this.recorder = recorder;
  }

  /** Notes the ids that a response has given itself and its items so far. */
  public void sawIds(List<String> ids, @Nullable Target target) {
    storedIds.seen(ids, target);
  }

  /** Notes that a part of the answer's body came. */
  public void sawBody(Bytes part) {
    if (recorder != null) {
      recorder.add(part);
    }
    if (transcript != null) {
      transcript.add(part);
    }
    if (firstByteNanos < 0) {
      firstByteNanos = context.ticker().nanos() - exchange.request().startNanos();
    }
  }

  /**
   * Holds the memory for what is kept of the answer.
   *
   * @param read bytes that its reader keeps
   * @return null when there is room
   */
  public HeldBytes.@Nullable Refused hold(long read) {
    long copied = recorder == null ? 0 : recorder.bytes();
    RequestContext request = exchange.request();
    return request.held().hold(request.origin().caller().identity(), read + copied);
  }

  /** Gives up the copy for the cache. */
  public void keepLess() {
    if (recorder != null) {
      recorder.drop();
    }
  }

  /** The whole answer has passed. */
  public Map<String, Object> complete(
      ResponseTransform response, @Nullable Target target, int status) {
    ResponseFacts facts = response.facts(true);
    response.close();
    exchange.finishAttempts(facts.readable() ? Outcome.SUCCESS : Outcome.FAILURE);
    if (target == null || status >= 300) {
      return end(Ending.FAILED, target, status, Usage.NONE, ResponseFacts.NONE);
    }
    storedIds.complete(response.ids(), target, facts.usage());
    storedIds.deleted();
    Usage usage = UsageEstimator.answer(exchange, target, facts, Usage.Status.COMPLETE);
    boolean stored = exchange.facts().operation().kind() == Operation.Kind.STORED;
    if (facts.readable() && usage.status() != Usage.Status.MISSING && !stored) {
      learn(target, usage, facts.outputBytes());
    }
    boolean ended =
        facts.ends() >= exchange.facts().choices() || !exchange.facts().operation().generates();
    boolean whole = facts.readable() && ended;
    if (recorder != null && whole && usage.status() == Usage.Status.COMPLETE) {
      recorder.keep(target, target.price().cost(usage));
    }
    return end(Ending.COMPLETE, target, status, usage, facts);
  }

  /** A good answer teaches what the next one will take. */
  private void learn(Target target, Usage usage, long outputBytes) {
    if (usage.status() == Usage.Status.COMPLETE) {
      exchange
          .request()
          .ruleset()
          .estimates()
          .learn(exchange.routingRequest(), target, usage, outputBytes);
    }
    exchange.request().ruleset().router().remember(exchange.routingRequest(), target);
    observe(target, usage);
  }

  /** Teaches how fast the target was, from the start of the attempt that succeeded. */
  private void observe(Target target, Usage usage) {
    Attempt winner = exchange.winner(target);
    if (winner == null) {
      return;
    }
    long waited = winner.startNanos() - exchange.request().startNanos();
    long total = context.ticker().nanos() - exchange.request().startNanos() - waited;
    long first = firstByteNanos < 0 ? total : firstByteNanos - waited;
    exchange
        .request()
        .ruleset()
        .estimates()
        .observe(target, exchange.facts(), first, total, usage.output());
  }

  /** The stream ended before the answer did. */
  public void cut(ResponseTransform response, @Nullable Target target, int status) {
    ResponseFacts facts = response.facts(false);
    response.close();
    exchange.finishAttempts(Outcome.CANCELLED);
    Usage usage =
        target != null && status < 300
            ? UsageEstimator.answer(exchange, target, facts, Usage.Status.PARTIAL)
            : Usage.NONE;
    end(Ending.CUT, target, status, usage, facts);
  }

  /** The stream ended before any answer. */
  public void cancelled() {
    exchange.finishAttempts(Outcome.CANCELLED);
    end(Ending.CANCELLED, null, 0, Usage.NONE, ResponseFacts.NONE);
  }

  private Map<String, Object> end(
      Ending ending, @Nullable Target target, int status, Usage usage, ResponseFacts facts) {
    Fault fault = ending == Ending.COMPLETE ? facts.fault() : null;
    context.inFlight().remove(exchange);
    exchange.giveBackUnused();
    exchange.request().held().release();
    NanoDollars cost = target == null ? NanoDollars.ZERO : target.price().cost(usage);
    ExchangeRecord.Charge charged = charge(target, usage, cost);
    RequestContext request = exchange.request();
    ExchangeRecord record =
        new ExchangeRecord(
            request.id(),
            request.trace(),
            request.asked(
                exchange.routingRequest(),
                exchange.decision().trace().policy(),
                exchange.decision().trace().tags()),
            exchange.attempts().stream()
                .map(attempt -> attempt.toRecord(request.startNanos()))
                .toList(),
            target == null ? null : target.name(),
            target == null ? null : target.model(),
            ending,
            status,
            fault == null ? null : fault.code(),
            exchange.decision(),
            usage,
            cost,
            charged,
            new ExchangeRecord.Cached(exchange.cacheUse().result(), NanoDollars.ZERO),
            new ExchangeRecord.Timing(
                request.started(), context.ticker().nanos() - request.startNanos(), firstByteNanos),
            target == null ? 0 : exchange.droppedFields(target).size());
    if (transcript == null) {
      context.listener().finished(record);
    } else {
      context.listener().finished(record, transcript.content());
    }
    compare(record, facts.finishReason());
    return metadata(record);
  }

  /**
   * Bills each attempt and settles quotas and budgets. Whoever was given up has been read by its
   * provider all the same: its prompt counts. Whoever was outrun may be billed to the end, and no
   * one tells us: it counts as a whole answer.
   */
  private ExchangeRecord.Charge charge(@Nullable Target target, Usage usage, NanoDollars cost) {
    Attempt named = exchange.winner(target);
    Attempt winner = named == null || named.answered() || usage.tokens() > 0 ? named : null;
    ExchangeRecord.Charge sum = ExchangeRecord.Charge.NOTHING.plus(usage, cost);
    for (Attempt attempt : exchange.attempts()) {
      if (attempt != winner) {
        Usage its = inVain(attempt);
        attempt.billed(its);
        attempt.used(its.tokens());
        sum = sum.plus(its, attempt.target().price().cost(its));
      }
    }
    if (winner != null) {
      winner.billed(usage);
      winner.used(usage.tokens());
    }
    exchange.admission().end(sum.tokens(), sum.cost().value());
    return sum;
  }

  private Usage inVain(Attempt attempt) {
    if (exchange.facts().operation().isFree()) {
      return Usage.NONE;
    }
    Estimates estimates = exchange.request().ruleset().estimates();
    long input = estimates.expectedInput(attempt.target(), exchange.facts());
    ServiceTier tier = exchange.routingRequest().tierAt(attempt.target());
    if (attempt.outrun()) {
      return Usage.estimated(input, estimates.expectedOutput(exchange.routingRequest()))
          .withTier(tier);
    }
    return attempt.givenUp() ? Usage.estimated(input, 0).withTier(tier) : Usage.NONE;
  }

  private void compare(ExchangeRecord record, @Nullable String finishReason) {
    ShadowComparison comparison = exchange.comparison();
    if (comparison != null) {
      long headers =
          record.attempts().reversed().stream()
              .filter(attempt -> attempt.target().equals(record.target()))
              .mapToLong(ExchangeRecord.AttemptRecord::latencyNanos)
              .findFirst()
              .orElse(NONE);
      comparison.primary(
          new ShadowRecord.Side(
              record.target(),
              record.status(),
              record.ending(),
              headers,
              record.timing().durationNanos(),
              record.usage(),
              record.cost(),
              finishReason));
    }
  }

  private static Map<String, Object> metadata(ExchangeRecord record) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("model", String.valueOf(record.asked().model()));
    metadata.put("caller", record.asked().caller().identity());
    metadata.put("team", record.asked().caller().team());
    metadata.put("target", record.target() == null ? "" : record.target());
    metadata.put("attempts", (long) record.attempts().size());
    metadata.put("usage", record.usage().status().label());
    metadata.put("input_tokens", record.usage().input());
    metadata.put("cached_input_tokens", record.usage().cachedInput());
    metadata.put("output_tokens", record.usage().output());
    metadata.put("cost_nano_usd", record.cost().value());
    metadata.put("hedge_cost_nano_usd", record.hedgeCost().value());
    return metadata;
  }
}
