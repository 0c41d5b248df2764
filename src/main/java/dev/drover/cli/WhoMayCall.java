package dev.drover.cli;

import dev.drover.config.schema.GatewayConfig;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Says who may call by a config. */
final class WhoMayCall {
  private WhoMayCall() {}

  /** Returns one line for people. */
  static String line(GatewayConfig config) {
    if (!config.saysWhoMayCall()) {
      return "callers: this machine only, since the config does not say who may call (expected for others: keys, workloads, identity or `anonymous: true`)";
    }
    List<String> known = new ArrayList<>();
    add(known, config.keys().size(), "key");
    add(known, config.workloads().size(), "workload");
    if (config.identity().jwt() != null) {
      known.add("tokens that Envoy has verified");
    }
    if (config.identity().headers() != null) {
      known.add("names in headers of a trusted hop");
    }
    if (Boolean.TRUE.equals(config.anonymous())) {
      known.add("anybody else (anonymous: true)");
    }
    return "callers: " + (known.isEmpty() ? "nobody (anonymous: false)" : String.join(", ", known));
  }

  private static void add(List<String> known, int count, String what) {
    if (count > 0) {
      known.add(count + " " + what + (count == 1 ? "" : "s"));
    }
  }

  /** Refuses to open the gateway of a mesh to anybody, unless the config says so. */
  static void check(CommandSpec spec, GatewayConfig config) {
    if (!config.saysWhoMayCall()) {
      throw new ParameterException(
          spec.commandLine(),
          "callers: the config does not say who may call, and a mesh's proxies listen to all of it (expected: keys, workloads or identity, or `anonymous: true`)");
    }
  }
}
