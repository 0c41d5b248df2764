package dev.drover.tools.standin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What the stand-in does besides the scenarios: HTTP/2 from clients, mirrors, keep-alive, refusals
 * of unknown config.
 */
@Tag("stand-in")
class ProtocolsIT {
  @Test
  void http2ByPriorKnowledge_worksLikeHttp1() throws Exception {
    OkHttpClient client =
        new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();
    try (Lab lab = new Lab().throughStandIn()) {
      lab.filter(Lab.BUFFERED);
      String url = "http://" + lab.plane().address() + "/";
      for (String body : new String[] {"first", "second".repeat(20_000)}) {
        RequestBody post = RequestBody.create(body, MediaType.get("text/plain"));
        try (Response response =
            client.newCall(new Request.Builder().url(url).post(post).build()).execute()) {
          assertThat(response.protocol()).isEqualTo(Protocol.H2_PRIOR_KNOWLEDGE);
          assertThat(response.code()).isEqualTo(200);
          assertThat(Objects.requireNonNull(response.body()).string()).isEqualTo("upstream");
        }
        assertThat(lab.arrived().body()).isEqualTo(body);
      }
      try (Response response = client.newCall(new Request.Builder().url(url).build()).execute()) {
        assertThat(response.code()).isEqualTo(200);
      }
    } finally {
      client.connectionPool().evictAll();
      client.dispatcher().executorService().shutdown();
    }
  }

  @Test
  void mirror_getsACopy_andItsAnswerIsDropped() throws Exception {
    try (Lab lab = new Lab().throughStandIn()) {
      lab.route("request_mirror_policies: [ { cluster: other } ]");
      lab.other.answer = (_, out) -> RawUpstream.write(out, RawUpstream.status(500));
      assertThat(lab.post("hello").status()).isEqualTo(200);
      RawHttp.Message copy = lab.other.received.poll(60, TimeUnit.SECONDS);
      assertThat(copy.body()).isEqualTo("hello");
      assertThat(copy.headers()).containsEntry("host", "a-shadow");
      assertThat(lab.arrived().headers()).containsEntry("host", "a");
    }
  }

  @Test
  void pipelinedRequests_areAnsweredInOrder() throws Exception {
    try (Lab lab = new Lab().throughStandIn();
        Lab.Client client = lab.client()) {
      lab.upstream.answer =
          (request, out) -> RawUpstream.write(out, RawUpstream.ok(request.path()));
      client.send("GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /2 HTTP/1.1\r\nhost: a\r\n\r\n");
      var in = new java.io.BufferedInputStream(client.socket().getInputStream());
      assertThat(Objects.requireNonNull(RawHttp.read(in, true)).body()).isEqualTo("/1");
      assertThat(Objects.requireNonNull(RawHttp.read(in, true)).body()).isEqualTo("/2");
    }
  }

  @Test
  void connectionsEndWithTheStandIn() throws Exception {
    Lab lab = new Lab().throughStandIn();
    try (Lab.Client client = lab.client()) {
      client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
      lab.close();
      assertThat(client.socket().getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void fieldsItDoesNotKnow_areRefusedByName() {
    try (Lab lab = new Lab().throughStandIn()) {
      lab.route("hash_policy: [ { header: { header_name: x } } ]");
      org.assertj.core.api.Assertions.assertThatThrownBy(lab::plane)
          .hasMessageContaining("hash_policy");
    }
    try (Lab lab = new Lab().throughStandIn()) {
      lab.filter("no_such_field: 1");
      org.assertj.core.api.Assertions.assertThatThrownBy(lab::plane)
          .hasMessageContaining("no_such_field");
    }
  }
}
