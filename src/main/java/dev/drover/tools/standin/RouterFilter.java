package dev.drover.tools.standin;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Envoy's router filter: picks cluster and host, tries, retries, times out, mirrors. Confined to
 * the stream's event loop.
 */
final class RouterFilter implements Sink {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);
  private static final List<String> CONSUMED =
      List.of(
          "x-envoy-max-retries",
          "x-envoy-retry-on",
          "x-envoy-upstream-rq-timeout-ms",
          "x-envoy-upstream-rq-per-try-timeout-ms",
          "x-envoy-hedge-on-per-try-timeout");

  private final HttpStream stream;
  private @Nullable HeaderMap headers;

  /** The request headers for mirrors, before any attempt's filters have changed them. */
  private @Nullable HeaderMap beforeAttempts;

  private RouteTable.@Nullable Found route;
  private @Nullable Upstream cluster;
  private @Nullable Retries retries;
  private @Nullable Attempt attempt;
  private @Nullable Sink attemptRequest;
  private ByteString copy = ByteString.EMPTY;
  private boolean copying;
  private boolean requestDone;
  private @Nullable HeaderMap trailers;
  private boolean responseBegun;
  private boolean over;
  private Duration timeout = DEFAULT_TIMEOUT;
  private Duration perTry = Duration.ZERO;
  private boolean hedging;

  /** Attempts that were joined by another and may still win. */
  private final List<Attempt> joined = new ArrayList<>();

  private @Nullable ScheduledFuture<?> timeoutTimer;
  private @Nullable ScheduledFuture<?> perTryTimer;
  private @Nullable ScheduledFuture<?> backOffTimer;

  RouterFilter(HttpStream stream) {
    this.stream = stream;
  }

  /** Gives everything up that is under way. */
  void abort() {
    if (!over) {
      over = true;
      stopTimers();
      joined.forEach(Attempt::cancel);
      if (attempt != null) {
        attempt.cancel();
      }
    }
  }

  void reading(boolean on) {
    if (attempt != null) {
      attempt.reading(on);
    }
  }

  // ---- the request

  @Override
  public void headers(HeaderMap request, boolean end) {
    headers = request;
    RouteTable.Found found = stream.route();
    if (found == null) {
      reply(404, "", "route_not_found", "NR");
      return;
    }
    route = found;
    stream.info().route = found.route().getName();
    if (found.route().hasDirectResponse()) {
      stream.localReply(
          LocalReply.text(
              found.route().getDirectResponse().getStatus(),
              found.directBody().toStringUtf8(),
              "direct_response"),
          null);
      return;
    }
    Upstream target = cluster(found.route().getRoute(), request);
    if (target == null) {
      reply(503, "", "cluster_not_found", "NC");
      return;
    }
    cluster = target;
    stream.info().cluster = target.name();
    prepare(found, request);
    requestDone = end;
    begin();
    if (end) {
      complete();
    }
  }

  private @Nullable Upstream cluster(RouteAction action, HeaderMap request) {
    String name =
        action.hasCluster() ? action.getCluster() : request.text(action.getClusterHeader());
    return stream.standIn().cluster(name);
  }

  private void prepare(RouteTable.Found found, HeaderMap request) {
    RouteAction action = found.route().getRoute();
    RetryPolicy policy = found.retryPolicy();
    retries = Retries.of(policy, request);
    copying = retries.anyAtAll() || action.getRequestMirrorPoliciesCount() > 0;
    Duration routeTimeout =
        action.hasTimeout() ? Protos.duration(action.getTimeout()) : DEFAULT_TIMEOUT;
    timeout = millis(request, "x-envoy-upstream-rq-timeout-ms", routeTimeout);
    perTry =
        millis(
            request,
            "x-envoy-upstream-rq-per-try-timeout-ms",
            Protos.duration(policy.getPerTryTimeout()));
    if (!timeout.isZero() && perTry.compareTo(timeout) >= 0) {
      perTry = Duration.ZERO; // as Envoy does
    }
    hedging = request.text("x-envoy-hedge-on-per-try-timeout").equals("true");
    CONSUMED.forEach(request::remove);
    found.host().getRequestHeadersToRemoveList().forEach(request::remove);
    found.route().getRequestHeadersToRemoveList().forEach(request::remove);
    if (!action.getPrefixRewrite().isEmpty()) {
      String match = found.route().getMatch().getPath() + found.route().getMatch().getPrefix();
      request.set(
          ":path", action.getPrefixRewrite() + request.text(":path").substring(match.length()));
    }
    if (!action.getHostRewriteLiteral().isEmpty()) {
      request.set(":authority", action.getHostRewriteLiteral());
    }
    beforeAttempts = request.copy();
    if (action.hasIdleTimeout()) {
      stream.idleTimeout(Protos.duration(action.getIdleTimeout()));
    }
  }

  private static Duration millis(HeaderMap request, String name, Duration otherwise) {
    long value = request.number(name, -1);
    return value < 0 ? otherwise : Duration.ofMillis(value);
  }

  @Override
  public void data(ByteString data, boolean end) {
    requestDone |= end;
    if (copying && route != null) {
      copy = copy.concat(data);
      long limit = route.bodyLimit() > 0 ? route.bodyLimit() : stream.bufferLimit();
      if (copy.size() > limit) {
        copying = false;
        copy = ByteString.EMPTY;
        stream.standIn().counters().add("retry_or_shadow_abandoned");
      }
    }
    if (attemptRequest != null) {
      attemptRequest.data(data, end);
    }
    if (end) {
      complete();
    }
  }

  @Override
  public void trailers(HeaderMap received) {
    trailers = received;
    requestDone = true;
    if (attemptRequest != null) {
      attemptRequest.trailers(received);
    }
    complete();
  }

  /** The request is whole: the clocks start, the mirrors get their copy. */
  private void complete() {
    if (over || cluster == null) {
      return;
    }
    if (!timeout.isZero()) {
      timeoutTimer = schedule(this::timedOut, timeout);
    }
    startPerTry();
    HeaderMap mirrored = beforeAttempts;
    if (route != null && copying && mirrored != null) {
      route
          .route()
          .getRoute()
          .getRequestMirrorPoliciesList()
          .forEach(policy -> Mirror.send(stream, policy, mirrored, copy));
    }
  }

  // ---- attempts

  private void begin() {
    Upstream target = cluster;
    Retries left = retries;
    if (target == null || left == null || route == null) {
      return;
    }
    int priority = left.priority(target.priorities());
    List<Upstream.Host> hosts =
        target.priorities().isEmpty() ? List.of() : target.priorities().get(priority);
    if (hosts.isEmpty()) {
      reply(503, "no healthy upstream", "no_healthy_upstream", "UH");
      return;
    }
    Upstream.Host host = hosts.getFirst();
    stream.info().host = host;
    stream.info().attempts++;
    boolean rewriteHost = route.route().getRoute().getAutoHostRewrite().getValue();
    Answers answers = new Answers();
    Attempt fresh = new Attempt(stream, stream.info(), target, host, rewriteHost, answers);
    answers.of = fresh;
    attempt = fresh;
    attemptRequest = fresh.request();
    if (headers != null) {
      attemptRequest.headers(headers, requestDone && copy.isEmpty() && trailers == null);
    }
  }

  /** Sends the kept request again. */
  private void again() {
    if (over) {
      return;
    }
    begin();
    Sink request = attemptRequest;
    if (request == null || over) {
      return;
    }
    if (!copy.isEmpty()) {
      request.data(copy, requestDone && trailers == null);
    }
    if (trailers != null) {
      request.trailers(trailers);
    }
    if (requestDone) {
      startPerTry();
    }
  }

  private boolean retry(HeaderMap answer) {
    Retries left = retries;
    if (left == null || !left.anyLeft() || !copying || responseBegun) {
      if (left != null && left.anyAtAll() && !left.anyLeft()) {
        stream.info().flags = "URX";
      }
      return false;
    }
    if (attempt != null) {
      attempt.cancel();
    }
    attempt = null;
    attemptRequest = null;
    stop(perTryTimer);
    backOffTimer = schedule(this::again, left.next(answer));
    return true;
  }

  // ---- the answer

  /** Ends a failed attempt if others may still respond. Returns whether any other is left. */
  private boolean othersLeft(@Nullable Attempt failed) {
    boolean wasJoined = joined.remove(failed);
    if (!wasJoined && joined.isEmpty()) {
      return false;
    }
    if (failed != null) {
      failed.cancel();
    }
    if (!wasJoined) {
      attempt = null;
    }
    return wasJoined ? attempt != null || !joined.isEmpty() || backingOff() : true;
  }

  private boolean backingOff() {
    return backOffTimer != null && !backOffTimer.isDone();
  }

  /** The first good answer ends the race. */
  private void won(@Nullable Attempt winner) {
    stop(backOffTimer);
    joined.remove(winner);
    joined.forEach(Attempt::cancel);
    joined.clear();
    if (attempt != null && attempt != winner) {
      attempt.cancel();
    }
    if (attempt != winner) {
      attempt = winner;
      attemptRequest = null;
    }
    if (winner != null) {
      stream.info().host = winner.host();
    }
  }

  private final class Answers implements Attempt.Judge {
    private @Nullable Attempt of;

    @Override
    public void headers(HeaderMap answer, boolean end) {
      int status = (int) answer.number(":status", 0);
      boolean bad = retries != null && retries.onAnswer(status, answer);
      if (bad && of == attempt && retry(answer)) {
        return;
      }
      if (bad && othersLeft(of)) {
        return;
      }
      won(of);
      responseBegun = true;
      stop(perTryTimer);
      stream.answer().headers(answer, end);
      doneIf(end);
    }

    @Override
    public void data(ByteString data, boolean end) {
      stream.answer().data(data, end);
      doneIf(end);
    }

    @Override
    public void trailers(HeaderMap received) {
      stream.answer().trailers(received);
      doneIf(true);
    }

    private void doneIf(boolean end) {
      if (end && !over) {
        over = true;
        stopTimers();
        if (attempt != null) {
          attempt.finished();
        }
      }
    }

    @Override
    public void broken(boolean connected, String reason) {
      if (responseBegun) {
        over = true;
        stopTimers();
        stream.reset();
      } else if (of == attempt
          && retries != null
          && retries.onReset(connected)
          && retry(new HeaderMap())) {
        return;
      } else if (!othersLeft(of)) {
        String kind = connected ? "connection termination" : "remote connection failure";
        reply(
            503,
            "upstream connect error or disconnect/reset before headers. reset reason: " + kind,
            "upstream_reset_before_response_started{" + kind + "}",
            connected ? "UC" : "UF");
      }
    }

    @Override
    public void replied(LocalReply reply, ExtProcFilter from) {
      stream.localReply(reply, from);
    }
  }

  // ---- clocks

  private void startPerTry() {
    if (!perTry.isZero() && attempt != null && !responseBegun) {
      perTryTimer = schedule(this::tryTimedOut, perTry);
    }
  }

  private void tryTimedOut() {
    if (over || responseBegun) {
      return;
    }
    if (hedging) {
      join();
      return;
    }
    if (retries == null || !retries.onStatus(504) || !retry(new HeaderMap())) {
      reply(504, "upstream request timeout", "upstream_per_try_timeout", "UT");
    }
  }

  /**
   * Hedging: the silent attempt goes on, and another one sets out beside it if there is one left.
   */
  private void join() {
    Attempt silent = attempt;
    if (silent != null && retries != null && retries.anyLeft() && copying) {
      joined.add(silent);
      attempt = null;
      attemptRequest = null;
      backOffTimer = schedule(this::again, retries.next(new HeaderMap()));
    }
  }

  private void timedOut() {
    if (over) {
      return;
    }
    if (responseBegun) {
      over = true;
      stream.reset();
    } else {
      reply(504, "upstream request timeout", "response_timeout", "UT");
    }
  }

  private void reply(int status, String body, String details, String flags) {
    if (stream.info().flags.equals("-")) {
      stream.info().flags = flags;
    }
    stream.localReply(LocalReply.text(status, body, details), null);
  }

  private ScheduledFuture<?> schedule(Runnable task, Duration delay) {
    return stream.loop().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void stopTimers() {
    stop(timeoutTimer);
    stop(perTryTimer);
    stop(backOffTimer);
  }

  private static void stop(@Nullable ScheduledFuture<?> timer) {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
