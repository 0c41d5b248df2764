package dev.drover.tools.standin;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.drover.types.HostPort;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cluster that requests are sent to. Immutable.
 *
 * @param priorities the hosts of each priority, from 0
 * @param extProc the cluster's upstream-level ext_proc filter, or null
 * @param mutations the cluster's header_mutation filters, after ext_proc
 * @param longestStream how long a request may take altogether, or zero
 * @param bufferLimit bytes that may wait in the upstream-level filter
 */
record Upstream(
    String name,
    List<List<Host>> priorities,
    @Nullable ExtProcSettings extProc,
    List<HeaderMutation> mutations,
    Duration longestStream,
    long bufferLimit) {

  /**
   * An endpoint of a cluster. Immutable.
   *
   * @param hostname the name for Host and SNI
   * @param serverName fixed SNI, or null for the hostname
   * @param tls null for plain text
   */
  record Host(
      HostPort at,
      String hostname,
      @Nullable String serverName,
      @Nullable SslContext tls,
      Map<String, Struct> metadata) {
    String address() {
      return at.toString();
    }

    @Nullable Value metadata(String namespace, String key) {
      Struct struct = metadata.get(namespace);
      return struct == null ? null : struct.getFieldsMap().get(key);
    }

    String sni() {
      return serverName == null ? hostname : serverName;
    }
  }
}
