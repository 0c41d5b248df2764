package dev.drover.tools.standin;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.route.v3.RouteAction.RequestMirrorPolicy;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A copy of a request that is sent to another cluster; its answer is heard and dropped. */
final class Mirror implements Attempt.Judge {
  private @Nullable Attempt attempt;
  private @Nullable ScheduledFuture<?> timer;

  private Mirror() {}

  /** Sends the copy, when there is such a cluster. */
  static void send(
      HttpStream stream, RequestMirrorPolicy policy, HeaderMap original, ByteString body) {
    String name =
        policy.getCluster().isEmpty()
            ? original.text(policy.getClusterHeader())
            : policy.getCluster();
    Upstream target = stream.standIn().cluster(name);
    if (target == null || target.priorities().isEmpty()) {
      return;
    }
    HeaderMap request = original.copy();
    request.set("x-envoy-internal", "true"); // the async client adds both
    request.set("x-forwarded-for", "127.0.0.1");
    if (!policy.getDisableShadowHostSuffixAppend()) {
      request.set(":authority", request.text(":authority") + "-shadow");
    }
    Mirror mirror = new Mirror();
    Upstream.Host host = target.priorities().getFirst().getFirst();
    StreamInfo info = new StreamInfo(); // nothing of the stream's own metadata reaches a copy
    info.requestHeaders = request;
    info.host = host;
    info.cluster = target.name();
    info.attempts = 1;
    Attempt sent = new Attempt(stream, info, target, host, false, mirror);
    mirror.attempt = sent;
    sent.request().headers(request, body.isEmpty());
    if (!body.isEmpty()) {
      sent.request().data(body, true);
    }
    if (!target.longestStream().isZero()) {
      mirror.timer =
          stream
              .loop()
              .schedule(mirror::giveUp, target.longestStream().toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void headers(HeaderMap answer, boolean end) {
    endIf(end);
  }

  @Override
  public void data(ByteString data, boolean end) {
    endIf(end);
  }

  @Override
  public void trailers(HeaderMap trailers) {
    endIf(true);
  }

  @Override
  public void broken(boolean connected, String reason) {
    endIf(true);
  }

  @Override
  public void replied(LocalReply reply, ExtProcFilter from) {
    if (attempt != null) {
      attempt.cancel();
    }
  }

  private void giveUp() {
    if (attempt != null) {
      attempt.cancel();
    }
  }

  private void endIf(boolean end) {
    if (end && timer != null) {
      timer.cancel(false);
    }
    if (end && attempt != null) {
      attempt.finished();
    }
  }
}
