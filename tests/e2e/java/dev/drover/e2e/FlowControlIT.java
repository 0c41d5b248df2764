package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.HeaderMap;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.service.ext_proc.v3.ExternalProcessorGrpc;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpBody;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpHeaders;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProtocolConfiguration;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An Envoy that sends and does not read: Drover stops reading too, and holds a bounded amount. */
class FlowControlIT {
  private static final int CHUNK = 64 * 1024;
  private static final int CHUNKS = 2000;

  @TempDir Path folder;

  private static ProcessingRequest headers() {
    HeaderMap map =
        HeaderMap.newBuilder()
            .addHeaders(
                HeaderValue.newBuilder()
                    .setKey(":path")
                    .setRawValue(ByteString.copyFromUtf8("/upload")))
            .build();
    return ProcessingRequest.newBuilder()
        .setRequestHeaders(HttpHeaders.newBuilder().setHeaders(map))
        .setProtocolConfig(
            ProtocolConfiguration.newBuilder()
                .setRequestBodyMode(BodySendMode.FULL_DUPLEX_STREAMED))
        .build();
  }

  @Test
  void answersThatAreNotRead_stopTheReading_andGoOnWithIt() throws Exception {
    Rig rig = new Rig(folder);
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(rig.server.extProcAddress()).usePlaintext().build();
    AtomicInteger answers = new AtomicInteger();
    ClientCall<ProcessingRequest, ProcessingResponse> call =
        channel.newCall(ExternalProcessorGrpc.getProcessMethod(), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(ProcessingResponse message) {
            answers.incrementAndGet();
          }
        },
        new Metadata());
    call.sendMessage(headers());
    ProcessingRequest chunk =
        ProcessingRequest.newBuilder()
            .setRequestBody(HttpBody.newBuilder().setBody(ByteString.copyFrom(new byte[CHUNK])))
            .build();
    int sent = 0;
    for (int idle = 0; sent < CHUNKS && idle < 100; idle++) {
      while (sent < CHUNKS && call.isReady()) {
        call.sendMessage(chunk);
        sent++;
        idle = 0;
      }
      Thread.sleep(10);
    }
    assertThat(sent).as("chunks of 64 KiB taken from an Envoy that reads nothing").isLessThan(100);

    call.request(CHUNKS * 2);
    for (int wait = 0; answers.get() < sent + 1 && wait < 500; wait++) {
      Thread.sleep(10);
    }
    assertThat(answers.get())
        .as("an answer to each message once it is read")
        .isGreaterThanOrEqualTo(sent + 1);
    call.cancel("done", null);
    channel.shutdownNow();
    rig.close();
  }
}
