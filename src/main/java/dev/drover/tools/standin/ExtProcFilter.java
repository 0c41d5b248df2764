package dev.drover.tools.standin;

import com.google.protobuf.Struct;
import dev.drover.message.BodyMode;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.HeaderSendMode;
import io.envoyproxy.envoy.service.ext_proc.v3.ImmediateResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProtocolConfiguration;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An ext_proc filter in one stream: the gRPC stream that both directions share, and the handling of
 * its failure. Confined to the stream's event loop.
 */
final class ExtProcFilter {
  private static final String ATTRIBUTES = "envoy.filters.http.ext_proc";

  final ExtProcSettings settings;
  final FilterHost host;
  final Counters counters;
  final Knobs knobs;
  private final ExtProcClient client;
  private final ExtProcDirection request;
  private final ExtProcDirection response;
  private ProcessingMode mode;
  private ExtProcClient.@Nullable Call call;
  private boolean inert;

  ExtProcFilter(
      ExtProcSettings settings,
      ExtProcClient client,
      FilterHost host,
      Counters counters,
      Knobs knobs,
      Sink requestNext,
      Sink responseNext) {
    this.settings = settings;
    this.client = client;
    this.host = host;
    this.counters = counters;
    this.knobs = knobs;
    this.mode = settings.config().getProcessingMode();
    this.request = new ExtProcDirection(this, true, requestNext);
    this.response = new ExtProcDirection(this, false, responseNext);
    applyMode();
  }

  /** Returns the sink that the request enters. */
  Sink request() {
    return request;
  }

  /** Returns the sink that the response enters. */
  Sink response() {
    return response;
  }

  /** Returns whether the server no longer takes part in this stream. */
  boolean inert() {
    return inert;
  }

  boolean observes() {
    return settings.config().getObservabilityMode();
  }

  /** The stream is over, whoever ended it. */
  void destroy() {
    inert = true;
    request.stop();
    response.stop();
    if (!observes()) {
      cancelCall();
      return;
    }
    Duration later =
        settings.config().hasDeferredCloseTimeout()
            ? Protos.duration(settings.config().getDeferredCloseTimeout())
            : Duration.ofSeconds(5);
    host.loop().schedule(this::cancelCall, later.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Sends a message; opens the gRPC stream with the first one. */
  void send(ProcessingRequest.Builder message, boolean ofRequest, boolean firstOfDirection) {
    message.setMetadataContext(metadataContext());
    message.setObservabilityMode(observes());
    List<String> wanted =
        ofRequest
            ? settings.config().getRequestAttributesList()
            : settings.config().getResponseAttributesList();
    if (firstOfDirection && !wanted.isEmpty()) {
      message.putAttributes(ATTRIBUTES, Attributes.evaluate(wanted, host.info()));
    }
    if (call == null) {
      counters.add("streams_started");
      if (!observes()) {
        message.setProtocolConfig(protocolConfig());
      }
      call = client.open(new Events());
    }
    counters.add("stream_msgs_sent");
    call.send(message.build());
  }

  /** Closes the gRPC stream when no message can follow, as Envoy does from 1.37. */
  void closeIfDone() {
    if (knobs.earlyClose() && !inert && call != null && request.done() && response.done()) {
      counters.add("streams_closed");
      inert = true;
      cancelCall();
    }
  }

  /** A spurious message, a timeout or a broken stream: fails open or closed. */
  void fail(int status, String details, boolean closed) {
    if (inert) {
      return;
    }
    if (settings.failureModeAllow() && !closed && !request.handedOver() && !response.handedOver()) {
      counters.add("failure_mode_allowed");
      stepAside();
      return;
    }
    inert = true;
    cancelCall();
    request.stop();
    response.stop();
    host.localReply(LocalReply.text(status, "", "ext_proc_error_" + details), this);
  }

  void spurious(String details) {
    counters.add("spurious_msgs_received");
    fail(settings.statusOnError(), "spurious_message_" + details, false);
  }

  void timedOut() {
    counters.add("message_timeouts");
    fail(504, "per-message_timeout_exceeded", false);
  }

  /** A mutation that cannot be applied is never forgiven. */
  void invalid(String details) {
    fail(settings.statusOnError(), details, true);
  }

  private final class Events implements ExtProcClient.Events {
    @Override
    public void message(ProcessingResponse message) {
      host.loop().execute(() -> received(message));
    }

    @Override
    public void closed(Status status) {
      host.loop().execute(() -> ended(status));
    }
  }

  private void ended(Status status) {
    if (inert) {
      return;
    }
    if (status.isOk()) {
      counters.add("streams_closed");
      stepAside();
      return;
    }
    counters.add("streams_failed");
    fail(settings.statusOnError(), "gRPC_error_" + status.getCode().value(), false);
  }

  /** Lets everything pass that was held, unmodified, and takes no further part. */
  private void stepAside() {
    inert = true;
    cancelCall();
    request.release();
    response.release();
  }

  private void cancelCall() {
    if (call != null) {
      call.cancel();
    }
  }

  private void received(ProcessingResponse message) {
    if (inert || observes()) {
      return;
    }
    counters.add("stream_msgs_received");
    if (message.hasOverrideMessageTimeout()) {
      overrideTimeout(Protos.duration(message.getOverrideMessageTimeout()));
      return;
    }
    takeMetadata(message.getDynamicMetadata());
    switch (message.getResponseCase()) {
      case IMMEDIATE_RESPONSE -> immediate(message.getImmediateResponse());
      case REQUEST_HEADERS -> {
        override(message, request);
        request.headersAnswer(message.getRequestHeaders().getResponse());
      }
      case RESPONSE_HEADERS -> {
        override(message, response);
        response.headersAnswer(message.getResponseHeaders().getResponse());
      }
      case REQUEST_BODY -> request.bodyAnswer(message.getRequestBody().getResponse());
      case RESPONSE_BODY -> response.bodyAnswer(message.getResponseBody().getResponse());
      case REQUEST_TRAILERS ->
          request.trailersAnswer(message.getRequestTrailers().getHeaderMutation());
      case RESPONSE_TRAILERS ->
          response.trailersAnswer(message.getResponseTrailers().getHeaderMutation());
      default -> spurious("unknown_kind");
    }
    closeIfDone();
  }

  private void overrideTimeout(Duration wanted) {
    boolean fits = wanted.toMillis() >= 1 && wanted.compareTo(settings.maxMessageTimeout()) <= 0;
    boolean taken = fits && (request.extendTimer(wanted) || response.extendTimer(wanted));
    counters.add(taken ? "override_message_timeout_received" : "override_message_timeout_ignored");
  }

  private void takeMetadata(Struct metadata) {
    List<String> allowed =
        settings.config().getMetadataOptions().getReceivingNamespaces().getUntypedList();
    metadata
        .getFieldsMap()
        .forEach(
            (namespace, value) -> {
              if (allowed.contains(namespace)) {
                host.info().merge(namespace, value.getStructValue());
              }
            });
  }

  private void immediate(ImmediateResponse immediate) {
    if (settings.config().getDisableImmediateResponse()) {
      spurious("immediate_response_disabled");
      return;
    }
    if (settings.upstreamLevel() && !knobs.upstreamImmediate()) {
      counters.add("send_immediate_resp_upstream_ignored");
      return;
    }
    counters.add("immediate_responses_sent");
    inert = true;
    request.stop();
    response.stop();
    cancelCall();
    host.localReply(reply(immediate), this);
  }

  private LocalReply reply(ImmediateResponse immediate) {
    int code =
        immediate.getStatus().getCodeValue() < 200 ? 200 : immediate.getStatus().getCodeValue();
    HeaderMap headers = new HeaderMap();
    if (!immediate.getBody().isEmpty()) {
      headers.add("content-type", "text/plain");
    }
    HeaderMap changed = headers.copy();
    try {
      new Mutations(settings.rules(), counters, false)
          .apply(immediate.getHeaders(), changed, false, false);
    } catch (Mutations.Invalid _) {
      changed = headers;
    }
    return new LocalReply(
        code, changed, immediate.getBody(), immediate.getDetails().replace(' ', '_'));
  }

  /** mode_override, where Envoy honours it; else it is ignored without a word. */
  private void override(ProcessingResponse message, ExtProcDirection direction) {
    ProcessingMode base = settings.config().getProcessingMode();
    boolean fullDuplex =
        base.getRequestBodyMode() == BodySendMode.FULL_DUPLEX_STREAMED
            || base.getResponseBodyMode() == BodySendMode.FULL_DUPLEX_STREAMED;
    if (!message.hasModeOverride()
        || !settings.config().getAllowModeOverride()
        || settings.config().getSendBodyWithoutWaitingForHeaderResponse()
        || fullDuplex
        || !direction.awaitsHeaders()) {
      return;
    }
    ProcessingMode wanted = merge(base, message.getModeOverride());
    List<ProcessingMode> allowed = settings.config().getAllowedOverrideModesList();
    if (allowed.isEmpty()
        || allowed.stream().anyMatch(entry -> sameButRequestHeaders(entry, wanted))) {
      mode = wanted;
      applyMode();
    }
  }

  private static boolean sameButRequestHeaders(ProcessingMode a, ProcessingMode b) {
    return a.toBuilder()
        .clearRequestHeaderMode()
        .build()
        .equals(b.toBuilder().clearRequestHeaderMode().build());
  }

  /** Header and trailer modes left at DEFAULT stay as they are; body modes are taken literally. */
  private static ProcessingMode merge(ProcessingMode base, ProcessingMode wanted) {
    ProcessingMode.Builder merged =
        wanted.toBuilder().setRequestHeaderMode(base.getRequestHeaderMode());
    if (wanted.getResponseHeaderMode() == HeaderSendMode.DEFAULT) {
      merged.setResponseHeaderMode(base.getResponseHeaderMode());
    }
    if (wanted.getRequestTrailerMode() == HeaderSendMode.DEFAULT) {
      merged.setRequestTrailerMode(base.getRequestTrailerMode());
    }
    if (wanted.getResponseTrailerMode() == HeaderSendMode.DEFAULT) {
      merged.setResponseTrailerMode(base.getResponseTrailerMode());
    }
    return merged.build();
  }

  private void applyMode() {
    request.mode(
        mode.getRequestHeaderMode() != HeaderSendMode.SKIP,
        bodyMode(mode.getRequestBodyMode()),
        mode.getRequestTrailerMode() == HeaderSendMode.SEND);
    response.mode(
        mode.getResponseHeaderMode() != HeaderSendMode.SKIP,
        bodyMode(mode.getResponseBodyMode()),
        mode.getResponseTrailerMode() == HeaderSendMode.SEND);
  }

  /** Observability mode knows STREAMED and NONE only. */
  private BodyMode bodyMode(BodySendMode wanted) {
    BodyMode found = ExtProcSettings.mode(wanted);
    return observes() && found != BodyMode.STREAMED ? BodyMode.NONE : found;
  }

  private ProtocolConfiguration protocolConfig() {
    return ProtocolConfiguration.newBuilder()
        .setRequestBodyMode(mode.getRequestBodyMode())
        .setResponseBodyMode(mode.getResponseBodyMode())
        .setSendBodyWithoutWaitingForHeaderResponse(
            settings.config().getSendBodyWithoutWaitingForHeaderResponse())
        .build();
  }

  private Metadata metadataContext() {
    Metadata.Builder context = Metadata.newBuilder();
    for (String namespace :
        settings.config().getMetadataOptions().getForwardingNamespaces().getUntypedList()) {
      Struct values = host.info().metadata().get(namespace);
      if (values != null) {
        context.putFilterMetadata(namespace, values);
      }
    }
    return context.build();
  }
}
