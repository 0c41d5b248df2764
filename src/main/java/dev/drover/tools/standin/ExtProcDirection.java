package dev.drover.tools.standin;

import com.google.protobuf.ByteString;
import dev.drover.message.BodyMode;
import io.envoyproxy.envoy.service.ext_proc.v3.BodyMutation;
import io.envoyproxy.envoy.service.ext_proc.v3.CommonResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.CommonResponse.ResponseStatus;
import io.envoyproxy.envoy.service.ext_proc.v3.HeaderMutation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/*
 * Design. One direction of Envoy's ext_proc filter is a queue in front of a server that must answer in order. Three things
 * decide what may happen next:
 *
 *   awaiting   which answer the server owes (at most one kind at a time; in FULL_DUPLEX body and trailers owe none)
 *   held       the headers, until the mode lets them go; while they are held they can still be changed
 *   passing    true once the server has no more say over the body (mode NONE, rest of a PARTIAL body)
 *
 * Headers go out: at once after their answer in STREAMED and FULL_DUPLEX, with the body answer in BUFFERED and
 * BUFFERED_PARTIAL, and with the body answer too when a STREAMED body was complete before the headers were answered.
 */

/**
 * Processes one direction of an ext_proc filter, the request or the response. Confined to the
 * stream's event loop.
 */
final class ExtProcDirection implements Sink {
  private enum Awaiting {
    NONE,
    HEADERS,
    WHOLE_BODY,
    CHUNK,
    TRAILERS
  }

  private record Chunk(ByteString data, boolean end) {}

  private final ExtProcFilter filter;
  private final boolean ofRequest;
  private final Sink next;
  private final Mutations mutations;
  private final ExtProcOutbox outbox;
  private final Deque<Chunk> unanswered = new ArrayDeque<>();
  private boolean headersSend;
  private BodyMode mode = BodyMode.NONE;
  private boolean trailersSend;

  private Awaiting awaiting = Awaiting.NONE;
  private @Nullable HeaderMap held;
  private boolean headersOnly;
  private boolean headersSeen;
  private ByteString queue = ByteString.EMPTY;
  private ByteString wholeBody = ByteString.EMPTY;
  private boolean wholeBodyCut;
  private boolean endSeen;
  private @Nullable HeaderMap trailers;
  private boolean passing;
  private boolean replaced;
  private boolean ended;
  private boolean duplexSent;
  private boolean duplexEnded;
  private boolean paused;

  ExtProcDirection(ExtProcFilter filter, boolean ofRequest, Sink next) {
    this.filter = filter;
    this.ofRequest = ofRequest;
    this.next = next;
    this.mutations = new Mutations(filter.settings.rules(), filter.counters, ofRequest);
    this.outbox = new ExtProcOutbox(filter, ofRequest);
  }

  void mode(boolean sendHeaders, BodyMode body, boolean sendTrailers) {
    headersSend = sendHeaders;
    mode = body;
    trailersSend = sendTrailers;
  }

  boolean awaitsHeaders() {
    return awaiting == Awaiting.HEADERS;
  }

  /** Returns whether the server alone holds a part of a full-duplex body. */
  boolean handedOver() {
    return mode == BodyMode.FULL_DUPLEX_STREAMED && duplexSent;
  }

  /** Returns whether no further message of this direction can come. */
  boolean done() {
    if (mode == BodyMode.BUFFERED || mode == BodyMode.BUFFERED_PARTIAL) {
      return false;
    }
    boolean nothingLeft = mode == BodyMode.NONE && !trailersSend && awaiting == Awaiting.NONE;
    return ended || (nothingLeft && (headersSeen || !headersSend));
  }

  void stop() {
    outbox.stopTimer();
    awaiting = Awaiting.NONE;
  }

  // ---- what comes from the peer

  @Override
  public void headers(HeaderMap headers, boolean end) {
    headersSeen = true;
    held = headers;
    headersOnly = end;
    endSeen = end;
    if (filter.inert()) {
      letGo(end);
    } else if (!headersSend) {
      afterHeaders();
    } else if (filter.observes()) {
      outbox.headers(headers, end, timed());
      letGo(end);
    } else {
      awaiting = Awaiting.HEADERS;
      outbox.headers(headers, end, timed());
    }
  }

  @Override
  public void data(ByteString data, boolean end) {
    endSeen |= end;
    if (replaced) {
      if (end) {
        pass(ByteString.EMPTY, true);
      }
    } else if (filter.inert() || passing) {
      pass(data, end);
    } else if (filter.observes()) {
      observe(data, end);
    } else {
      handle(data, end);
    }
  }

  private void observe(ByteString data, boolean end) {
    if (mode == BodyMode.STREAMED) {
      outbox.body(data, end, timed());
    }
    pass(data, end);
  }

  private void handle(ByteString data, boolean end) {
    switch (mode) {
      case NONE -> enqueue(data);
      case BUFFERED -> {
        queue = queue.concat(data);
        if (queue.size() > filter.host.bufferLimit()) {
          overflow();
        } else if (end && awaiting == Awaiting.NONE) {
          sendWhole();
        }
      }
      case BUFFERED_PARTIAL -> {
        enqueue(data);
        boolean due = end || queue.size() > filter.host.bufferLimit();
        if (due && awaiting == Awaiting.NONE) {
          sendWhole();
        }
      }
      case STREAMED -> {
        if (awaiting == Awaiting.HEADERS && !sendsWithoutWaiting()) {
          enqueue(data);
        } else {
          sendChunk(data, end);
        }
      }
      case FULL_DUPLEX_STREAMED -> {
        duplexSent = true;
        outbox.body(data, end, timed());
      }
    }
  }

  @Override
  public void trailers(HeaderMap received) {
    trailers = received;
    if (replaced || filter.inert() || passing || filter.observes()) {
      if (filter.observes() && trailersSend && !filter.inert()) {
        outbox.trailers(received, timed());
      }
      ended = true;
      next.trailers(received);
      return;
    }
    switch (mode) {
      case NONE -> {
        if (awaiting == Awaiting.NONE) {
          trailersDue(received);
        }
      }
      case BUFFERED, BUFFERED_PARTIAL -> {
        if (awaiting == Awaiting.NONE) {
          sendWhole();
        }
      }
      case STREAMED -> {
        if (awaiting == Awaiting.NONE) {
          trailersDue(received);
        }
      }
      case FULL_DUPLEX_STREAMED -> outbox.trailers(received, timed());
    }
  }

  // ---- what comes from the server

  void headersAnswer(CommonResponse answer) {
    HeaderMap headers = held;
    if (awaiting != Awaiting.HEADERS || headers == null) {
      filter.spurious("headers");
      return;
    }
    answered();
    boolean replace = answer.getStatus() == ResponseStatus.CONTINUE_AND_REPLACE;
    if (!mutate(answer, headers, replace)) {
      return;
    }
    if (replace) {
      replace(answer.getBodyMutation(), headers);
    } else {
      afterHeaders();
    }
  }

  private void replace(BodyMutation mutation, HeaderMap headers) {
    mode = BodyMode.NONE;
    trailersSend = false;
    if (mutation.getMutationCase() == BodyMutation.MutationCase.MUTATION_NOT_SET) {
      afterHeaders();
      return;
    }
    headers.remove("content-length");
    replaced = true;
    queue = ByteString.EMPTY;
    letGo(false);
    pass(mutation.getBody(), endSeen && trailers == null);
    if (trailers != null) {
      next.trailers(trailers);
    }
  }

  void bodyAnswer(CommonResponse answer) {
    boolean streamed = answer.getBodyMutation().hasStreamedResponse();
    if (mode == BodyMode.FULL_DUPLEX_STREAMED && streamed) {
      duplexAnswer(answer);
    } else if (mode == BodyMode.FULL_DUPLEX_STREAMED) {
      filter.spurious("body_mutation_of_other_mode");
    } else if (awaiting == Awaiting.WHOLE_BODY) {
      wholeAnswer(answer);
    } else if (awaiting == Awaiting.CHUNK) {
      chunkAnswer(answer);
    } else {
      filter.spurious("body");
    }
  }

  private void duplexAnswer(CommonResponse answer) {
    if (awaiting == Awaiting.HEADERS || !duplexSent || duplexEnded) {
      filter.spurious("streamed_body");
      return;
    }
    var streamed = answer.getBodyMutation().getStreamedResponse();
    duplexEnded = streamed.getEndOfStream();
    pass(streamed.getBody(), duplexEnded);
  }

  private void wholeAnswer(CommonResponse answer) {
    answered();
    ByteString body = mutated(wholeBody, answer.getBodyMutation());
    HeaderMap headers = held;
    if (headers != null) {
      if (headersSend
          && !mutate(answer, headers, answer.getStatus() == ResponseStatus.CONTINUE_AND_REPLACE)) {
        return;
      }
      if (mode != BodyMode.BUFFERED || !headersSend) {
        headers.remove("content-length");
      } else if (lengthMismatch(headers, answer.getBodyMutation(), body)) {
        filter.invalid("mismatch_between_content_length_and_the_length_of_the_mutated_body");
        return;
      }
      letGo(false);
    }
    boolean end = endSeen && trailers == null && !wholeBodyCut;
    pass(body, end);
    if (wholeBodyCut) {
      passing = true;
      flushQueue();
    } else if (trailers != null) {
      trailersDue(trailers);
    }
  }

  private static boolean lengthMismatch(HeaderMap headers, BodyMutation mutation, ByteString body) {
    boolean mutates =
        mutation.getMutationCase() == BodyMutation.MutationCase.BODY
            || (mutation.getMutationCase() == BodyMutation.MutationCase.CLEAR_BODY
                && mutation.getClearBody());
    return mutates
        && headers.get("content-length") != null
        && headers.number("content-length", -1) != body.size();
  }

  private void chunkAnswer(CommonResponse answer) {
    Chunk chunk = unanswered.remove();
    outbox.stopTimer();
    awaiting = unanswered.isEmpty() ? Awaiting.NONE : Awaiting.CHUNK;
    clearRoute(answer);
    pass(mutated(chunk.data, answer.getBodyMutation()), chunk.end);
    flow();
    if (unanswered.isEmpty() && trailers != null) {
      trailersDue(trailers);
    }
  }

  void trailersAnswer(HeaderMutation mutation) {
    HeaderMap received = trailers;
    boolean legal = awaiting == Awaiting.TRAILERS || mode == BodyMode.FULL_DUPLEX_STREAMED;
    if (!legal || received == null || ended) {
      filter.spurious("trailers");
      return;
    }
    answered();
    try {
      mutations.apply(mutation, received, false, false);
    } catch (Mutations.Invalid e) {
      filter.invalid(String.valueOf(e.getMessage()));
      return;
    }
    ended = true;
    next.trailers(received);
  }

  /** Lets everything go that is held, in order and unmodified. */
  void release() {
    stop();
    if (held != null) {
      letGo(headersOnly);
    }
    if (headersOnly) {
      return;
    }
    ByteString rest = wholeBody;
    for (Chunk chunk : unanswered) {
      rest = rest.concat(chunk.data);
    }
    rest = rest.concat(queue);
    wholeBody = ByteString.EMPTY;
    queue = ByteString.EMPTY;
    unanswered.clear();
    boolean end = endSeen && trailers == null && !ended;
    if (!rest.isEmpty() || end) {
      pass(rest, end);
    }
    if (trailers != null && !ended) {
      ended = true;
      next.trailers(trailers);
    }
    flow();
  }

  /** Gives the awaited answer more time; false when none is awaited or it had more time already. */
  boolean extendTimer(Duration time) {
    return outbox.extendTimer(time);
  }

  // ---- steps

  /** The headers are answered, or the server does not get them. */
  private void afterHeaders() {
    if (headersOnly) {
      letGo(true);
      return;
    }
    switch (mode) {
      case NONE -> {
        passing = !trailersSend;
        letGo(false);
        flushQueue();
      }
      case BUFFERED -> {
        if (complete()) {
          sendWhole();
        }
      }
      case BUFFERED_PARTIAL -> {
        if (complete() || queue.size() > filter.host.bufferLimit()) {
          sendWhole();
        }
      }
      case STREAMED -> startStreaming();
      case FULL_DUPLEX_STREAMED -> letGoWithoutLength();
    }
  }

  private void startStreaming() {
    if (headersSend && complete() && unanswered.isEmpty()) {
      sendWhole();
      return;
    }
    letGoWithoutLength();
    if (!unanswered.isEmpty()) {
      awaiting = Awaiting.CHUNK;
    } else if (!queue.isEmpty() || endSeen) {
      ByteString first = queue;
      queue = ByteString.EMPTY;
      sendChunk(first, endSeen);
    }
  }

  private boolean complete() {
    return endSeen || trailers != null;
  }

  private boolean sendsWithoutWaiting() {
    return filter.settings.config().getSendBodyWithoutWaitingForHeaderResponse();
  }

  private void sendWhole() {
    wholeBody = queue;
    wholeBodyCut = !complete();
    queue = ByteString.EMPTY;
    awaiting = Awaiting.WHOLE_BODY;
    outbox.body(wholeBody, endSeen && trailers == null, timed());
  }

  private void sendChunk(ByteString data, boolean end) {
    unanswered.add(new Chunk(data, end));
    if (awaiting == Awaiting.NONE) {
      awaiting = Awaiting.CHUNK;
    }
    outbox.body(data, end, timed());
    flow();
  }

  private void trailersDue(HeaderMap received) {
    if (!trailersSend) {
      ended = true;
      next.trailers(received);
      return;
    }
    awaiting = Awaiting.TRAILERS;
    outbox.trailers(received, timed());
  }

  private void letGoWithoutLength() {
    if (held != null) {
      held.remove("content-length");
    }
    letGo(false);
  }

  private void letGo(boolean end) {
    HeaderMap headers = held;
    held = null;
    if (headers != null) {
      ended |= end;
      next.headers(headers, end);
    }
  }

  private void pass(ByteString data, boolean end) {
    if (data.isEmpty() && !end) {
      return;
    }
    ended |= end;
    next.data(data, end);
  }

  private void flushQueue() {
    ByteString rest = queue;
    queue = ByteString.EMPTY;
    pass(rest, endSeen && trailers == null);
    flow();
    if (trailers != null) {
      trailersDue(trailers);
    }
  }

  private void enqueue(ByteString data) {
    queue = queue.concat(data);
    flow();
  }

  /** Above the limit reading stops, below half of it it goes on. */
  private void flow() {
    long waiting = queue.size();
    for (Chunk chunk : unanswered) {
      waiting += chunk.data.size();
    }
    boolean stop =
        waiting > filter.host.bufferLimit() || (paused && waiting > filter.host.bufferLimit() / 2);
    if (stop != paused) {
      paused = stop;
      filter.host.reading(ofRequest, !stop);
    }
  }

  private void overflow() {
    LocalReply reply =
        ofRequest
            ? LocalReply.text(413, "Payload Too Large", "request_payload_too_large")
            : LocalReply.text(500, "Internal Server Error", "response_payload_too_large");
    filter.destroy();
    filter.host.localReply(reply, filter);
  }

  private boolean mutate(CommonResponse answer, HeaderMap headers, boolean methodAllowed) {
    boolean keepLength = mode == BodyMode.BUFFERED || mode == BodyMode.NONE;
    try {
      mutations.apply(answer.getHeaderMutation(), headers, methodAllowed, keepLength);
    } catch (Mutations.Invalid e) {
      filter.invalid(String.valueOf(e.getMessage()));
      return false;
    }
    clearRoute(answer);
    return true;
  }

  private void clearRoute(CommonResponse answer) {
    if (!ofRequest) {
      return;
    }
    RouteCache.onAnswer(filter, answer);
  }

  private static ByteString mutated(ByteString body, BodyMutation mutation) {
    return switch (mutation.getMutationCase()) {
      case BODY -> mutation.getBody();
      case CLEAR_BODY -> mutation.getClearBody() ? ByteString.EMPTY : body;
      default -> body;
    };
  }

  private void answered() {
    outbox.stopTimer();
    awaiting = Awaiting.NONE;
  }

  /** A full-duplex server may take its time. */
  private boolean timed() {
    return mode != BodyMode.FULL_DUPLEX_STREAMED;
  }
}
