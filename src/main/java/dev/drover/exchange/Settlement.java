package dev.drover.exchange;

import dev.drover.catalog.Target;
import dev.drover.dialect.AnswerFacts;
import dev.drover.dialect.AnswerReader;
import dev.drover.dialect.RequestFacts;
import dev.drover.routing.health.Outcome;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settles a journey once: usage, cost, attempts, what was learned, and its one record. Confined to
 * the router-level stream.
 */
final class Settlement {
  private static final long NONE = -1;

  private final ExchangeContext context;
  private final Journey journey;
  private long firstByteNanos = NONE;

  Settlement(ExchangeContext context, Journey journey) {
    this.context = context;
    this.journey = journey;
  }

  /** Notes that a part of the answer's body came. */
  void sawBody() {
    if (firstByteNanos < 0) {
      firstByteNanos = context.ticker().nanos() - journey.call().startNanos();
    }
  }

  /** The whole answer has passed. */
  Map<String, Object> complete(AnswerReader reader, @Nullable Target target, int status) {
    AnswerFacts facts = reader.facts(true);
    reader.close();
    journey.finishAttempts(facts.readable() ? Outcome.SUCCESS : Outcome.FAILURE);
    if (target == null || status >= 300) {
      return end(Ending.FAILED, target, status, Usage.NONE, facts.finishReason());
    }
    Usage usage = UsageOf.answer(journey, target, facts, Usage.Status.COMPLETE);
    if (usage.status() == Usage.Status.COMPLETE) {
      journey.call().ruleset().estimates().learn(journey.ask(), target, usage);
    }
    journey.call().ruleset().router().remember(journey.ask(), target);
    observe(target, usage);
    return end(Ending.COMPLETE, target, status, usage, facts.finishReason());
  }

  /** Teaches how fast the target was, from the start of the attempt that succeeded. */
  private void observe(Target target, Usage usage) {
    Attempt winner = journey.winner(target);
    if (winner == null) {
      return;
    }
    long waited = winner.startNanos() - journey.call().startNanos();
    long total = context.ticker().nanos() - journey.call().startNanos() - waited;
    long first = firstByteNanos < 0 ? total : firstByteNanos - waited;
    journey
        .call()
        .ruleset()
        .estimates()
        .observe(target, journey.facts(), first, total, usage.output());
  }

  /** The stream ended before the answer did. */
  void cut(AnswerReader reader, @Nullable Target target, int status) {
    AnswerFacts facts = reader.facts(false);
    reader.close();
    journey.finishAttempts(Outcome.CANCELLED);
    Usage usage =
        target != null && status < 300
            ? UsageOf.answer(journey, target, facts, Usage.Status.PARTIAL)
            : Usage.NONE;
    end(Ending.CUT, target, status, usage, facts.finishReason());
  }

  /** The stream ended before any answer. */
  Ended cancelled() {
    journey.finishAttempts(Outcome.CANCELLED);
    end(Ending.CANCELLED, null, 0, Usage.NONE, null);
    return new Ended();
  }

  private Map<String, Object> end(
      Ending ending,
      @Nullable Target target,
      int status,
      Usage usage,
      @Nullable String finishReason) {
    context.journeys().remove(journey);
    journey.giveBackUnused();
    NanoDollars cost = target == null ? NanoDollars.ZERO : target.price().cost(usage);
    NanoDollars hedge = journey.hedgeCost();
    settle(ending, target, usage, cost, hedge);
    Call call = journey.call();
    RequestFacts facts = journey.facts();
    ExchangeRecord record =
        new ExchangeRecord(
            call.id(),
            new ExchangeRecord.Asked(
                call.endpoint().operation(),
                journey.model().name(),
                facts.stream(),
                journey.ask().task(),
                journey.decision().grounds().policy(),
                journey.decision().grounds().tags(),
                call.origin().caller()),
            journey.attempts().stream().map(Attempt::toRecord).toList(),
            target == null ? null : target.name(),
            target == null ? null : target.model(),
            ending,
            status,
            null,
            usage,
            cost,
            hedge,
            new ExchangeRecord.Timing(
                call.started(), context.ticker().nanos() - call.startNanos(), firstByteNanos));
    context.listener().finished(record);
    compare(record, finishReason);
    return metadata(record);
  }

  /**
   * Quotas and budgets get what it was. A client that left before any answer has been read by the
   * target all the same: its prompt counts.
   */
  private void settle(
      Ending ending, @Nullable Target target, Usage usage, NanoDollars cost, NanoDollars hedge) {
    List<Attempt> attempts = journey.attempts();
    if (ending == Ending.CANCELLED && !attempts.isEmpty()) {
      Target reading = attempts.getLast().target();
      long input = journey.call().ruleset().estimates().expectedInput(reading, journey.facts());
      journey.settle(reading, input, reading.price().cost(Usage.estimated(input, 0)), hedge);
      return;
    }
    journey.settle(target, usage.input() + usage.output(), cost, hedge);
  }

  private void compare(ExchangeRecord record, @Nullable String finishReason) {
    Pairing pairing = journey.pairing();
    if (pairing != null) {
      long headers =
          record.attempts().reversed().stream()
              .filter(attempt -> attempt.target().equals(record.target()))
              .mapToLong(ExchangeRecord.AttemptRecord::latencyNanos)
              .findFirst()
              .orElse(NONE);
      pairing.primary(
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
    metadata.put("caller", record.asked().caller().id());
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
