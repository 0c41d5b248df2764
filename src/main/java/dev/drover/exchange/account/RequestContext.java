package dev.drover.exchange.account;

import dev.drover.credential.ApiKey;
import dev.drover.dialect.ClientApi;
import dev.drover.dialect.Operation;
import dev.drover.message.ProcessingModes;
import dev.drover.record.Caller;
import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import dev.drover.record.TraceContext;
import dev.drover.routing.Decision;
import dev.drover.routing.Origin;
import dev.drover.routing.RoutingRequest;
import dev.drover.routing.Ruleset;
import dev.drover.types.HeldBytes;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request for an LLM operation, as its headers tell. Immutable.
 *
 * @param id the exchange's id
 * @param trace where it stands in a trace
 * @param ruleset pinned for the life of the exchange
 * @param variables what the path names, by the names of its template
 * @param query the query of the client's path, with its question mark; may be empty
 * @param origin where it comes from, and who asks
 * @param wishes what the client asks of the choice
 * @param headers the client's headers: which stay here and which go on
 * @param clientKey a provider's key that the client brings along, or null
 * @param held the memory that the exchange holds
 * @param modes as announced for the stream
 */
public record RequestContext(
    String id,
    TraceContext trace,
    Ruleset ruleset,
    ClientApi client,
    Operation operation,
    Map<String, String> variables,
    String query,
    Origin origin,
    RoutingHintHeaders wishes,
    ClientHeaders headers,
    @Nullable ApiKey clientKey,
    HeldBytes.Lease held,
    ProcessingModes modes,
    Instant started,
    long startNanos) {

  /**
   * The record of an exchange that no target was tried for.
   *
   * @param model the configured model's name, or null when none is known
   * @param status the HTTP status the client got; 0 when it got none
   * @param code why Drover refused, or null
   * @param decision what was decided, or null
   */
  public ExchangeRecord untried(
      @Nullable String model,
      boolean stream,
      Ending ending,
      int status,
      @Nullable String code,
      @Nullable Decision decision,
      long nowNanos) {
    return new ExchangeRecord(
        id,
        trace,
        ExchangeRecord.Asked.untried(operation.name(), model, stream, origin.caller()),
        List.of(),
        null,
        null,
        ending,
        status,
        code,
        decision,
        Usage.NONE,
        NanoDollars.ZERO,
        ExchangeRecord.Charge.NOTHING,
        ExchangeRecord.Cached.NOT,
        new ExchangeRecord.Timing(started, nowNanos - startNanos, -1));
  }

  /**
   * Returns the part of the record that describes the request, once a rule has been found for it.
   */
  public ExchangeRecord.Asked asked(
      RoutingRequest routingRequest, @Nullable String policy, Map<String, String> tags) {
    return new ExchangeRecord.Asked(
        operation.name(),
        routingRequest.model().name(),
        routingRequest.facts().stream(),
        routingRequest.task(),
        policy,
        tags,
        origin.caller());
  }

  /** Returns this context with the given caller. */
  public RequestContext by(Caller caller) {
    return new RequestContext(
        id,
        trace,
        ruleset,
        client,
        operation,
        variables,
        query,
        origin.by(caller),
        wishes,
        headers,
        clientKey,
        held,
        modes,
        started,
        startNanos);
  }
}
