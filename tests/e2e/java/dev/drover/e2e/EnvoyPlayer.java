package dev.drover.e2e;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.drover.types.Wire;
import io.envoyproxy.envoy.config.core.v3.HeaderMap;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.service.ext_proc.v3.ExternalProcessorGrpc;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpBody;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpHeaders;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProtocolConfiguration;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Plays the messages of an Envoy with two filters to an ext_proc server: one stream for a request,
 * and one for its only attempt, which answers well. Thread-safe.
 */
public final class EnvoyPlayer {
  private static final String FILTER = "envoy.filters.http.ext_proc";
  private static final MethodDescriptor<ProcessingRequest, EnvoyReply> PROCESS =
      ExternalProcessorGrpc.getProcessMethod().toBuilder(
              ProtoUtils.marshaller(ProcessingRequest.getDefaultInstance()), EnvoyReply.MARSHALLER)
          .build();

  private final Channel channel;
  private final ProcessingRequest requestHeaders;
  private final ProcessingRequest requestBody;
  private final ProcessingRequest attemptHeaders;
  private final ProcessingRequest answerHeaders;
  private final ProcessingRequest answerHeadersAtAttempt;
  private final List<ProcessingRequest> answerBody;

  /**
   * @param targetId the id of the target that answers
   * @param body of the request
   * @param answer its chunks, the last of which ends it
   * @param headers more of the request's headers, by turns names and values
   */
  public EnvoyPlayer(
      Channel channel,
      String targetId,
      ByteString body,
      String contentType,
      List<ByteString> answer,
      String... headers) {
    this.channel = channel;
    List<String> all =
        new ArrayList<>(
            List.of(
                ":method", "POST",
                ":path", "/v1/chat/completions",
                ":scheme", "http",
                ":authority", "llm.internal",
                "content-type", "application/json",
                "user-agent", "player",
                "x-forwarded-for", "127.0.0.1", // as an Envoy adds it
                "x-request-id", "2f1a7c1e-6f0e-4c52-9a3a-0d9a3e3c5f10"));
    all.addAll(List.of(headers));
    HttpHeaders request = headers(all);
    this.requestHeaders =
        ProcessingRequest.newBuilder()
            .setRequestHeaders(request)
            .setProtocolConfig(modes(BodySendMode.BUFFERED, BodySendMode.STREAMED))
            .build();
    this.requestBody =
        ProcessingRequest.newBuilder()
            .setRequestBody(HttpBody.newBuilder().setBody(body).setEndOfStream(true))
            .build();
    Struct target =
        Struct.newBuilder()
            .putFields(Wire.TARGET_ATTRIBUTE, Value.newBuilder().setStringValue(targetId).build())
            .build();
    this.attemptHeaders =
        ProcessingRequest.newBuilder()
            .setRequestHeaders(request)
            .putAttributes(FILTER, target)
            .setProtocolConfig(modes(BodySendMode.NONE, BodySendMode.NONE))
            .build();
    HttpHeaders answered = headers(List.of(":status", "200", "content-type", contentType));
    this.answerHeadersAtAttempt =
        ProcessingRequest.newBuilder().setResponseHeaders(answered).build();
    this.answerHeaders =
        ProcessingRequest.newBuilder()
            .setResponseHeaders(answered)
            .putAttributes(
                FILTER,
                target.toBuilder()
                    .putFields(
                        Wire.ATTEMPTS_ATTRIBUTE, Value.newBuilder().setNumberValue(1).build())
                    .build())
            .build();
    this.answerBody = new ArrayList<>();
    for (int i = 0; i < answer.size(); i++) {
      answerBody.add(
          ProcessingRequest.newBuilder()
              .setResponseBody(
                  HttpBody.newBuilder()
                      .setBody(answer.get(i))
                      .setEndOfStream(i == answer.size() - 1))
              .build());
    }
  }

  private static ProtocolConfiguration modes(BodySendMode request, BodySendMode response) {
    return ProtocolConfiguration.newBuilder()
        .setRequestBodyMode(request)
        .setResponseBodyMode(response)
        .build();
  }

  private static HttpHeaders headers(List<String> namesAndValues) {
    HeaderMap.Builder map = HeaderMap.newBuilder();
    for (int i = 0; i < namesAndValues.size(); i += 2) {
      map.addHeaders(
          HeaderValue.newBuilder()
              .setKey(namesAndValues.get(i))
              .setRawValue(ByteString.copyFromUtf8(namesAndValues.get(i + 1))));
    }
    return HttpHeaders.newBuilder().setHeaders(map).build();
  }

  /** Messages that one exchange sends. */
  public int messages() {
    return 5 + answerBody.size();
  }

  /**
   * One exchange, to its end.
   *
   * @return completes with what went wrong; empty when every message was answered, and none with a
   *     refusal
   */
  public CompletableFuture<String> exchange() {
    return new Exchange(false).start();
  }

  /**
   * An exchange whose target is silent: its stream stays open until the channel is closed.
   *
   * @return completes when the request has been decided, with what went wrong
   */
  public CompletableFuture<String> hold() {
    return new Exchange(true).start();
  }

  private final class Exchange {
    private final CompletableFuture<String> done = new CompletableFuture<>();
    private final ClientCall<ProcessingRequest, EnvoyReply> router = call();
    private final ClientCall<ProcessingRequest, EnvoyReply> attempt = call();
    private int answers;
    private int attemptAnswers;
    private final boolean held;

    Exchange(boolean held) {
      this.held = held;
    }

    private ClientCall<ProcessingRequest, EnvoyReply> call() {
      return channel.newCall(PROCESS, CallOptions.DEFAULT);
    }

    CompletableFuture<String> start() {
      start(router, this::routerAnswered);
      send(router, requestHeaders);
      return done;
    }

    private void start(
        ClientCall<ProcessingRequest, EnvoyReply> call, Consumer<EnvoyReply> answered) {
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onMessage(EnvoyReply message) {
              if (message.refusedWith() != 0) {
                end("refused with " + message.refusedWith());
              } else {
                answered.accept(message);
                more(call);
              }
            }

            @Override
            public void onClose(Status status, io.grpc.Metadata trailers) {
              end("closed: " + status); // unless it has ended well before
            }
          },
          new io.grpc.Metadata());
      call.request(1);
    }

    /** A call takes one message at a time, and answers come on other threads than ours. */
    private synchronized void send(
        ClientCall<ProcessingRequest, EnvoyReply> call, ProcessingRequest message) {
      try {
        call.sendMessage(message);
      } catch (IllegalStateException e) {
        end("closed: " + e.getMessage());
      }
    }

    private synchronized void more(ClientCall<ProcessingRequest, EnvoyReply> call) {
      call.request(1);
    }

    private synchronized void finish() {
      router.halfClose();
      attempt.halfClose();
    }

    private synchronized void end(String problem) {
      if (done.complete(problem) && !problem.isEmpty()) {
        router.cancel("over", null);
        attempt.cancel("over", null);
      }
    }

    private void routerAnswered(EnvoyReply answer) {
      switch (answers++) {
        case 0 -> send(router, requestBody);
        case 1 -> decided(answer);
        case 2 -> answerBody.forEach(chunk -> send(router, chunk));
        default -> {
          if (answers == 3 + answerBody.size()) {
            end("");
            finish();
          }
        }
      }
    }

    private void decided(EnvoyReply decision) {
      if (held) {
        done.complete("");
      } else {
        start(attempt, this::attemptAnswered);
        send(attempt, decision.tell(attemptHeaders));
      }
    }

    private void attemptAnswered(EnvoyReply answer) {
      switch (attemptAnswers++) {
        case 0 -> send(attempt, answerHeadersAtAttempt);
        case 1 -> send(router, answerHeaders);
        default -> end("the attempt was answered too often");
      }
    }
  }
}
