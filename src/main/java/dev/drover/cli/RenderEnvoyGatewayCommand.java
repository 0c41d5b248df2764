package dev.drover.cli;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.render.EnvoyGatewayPlace;
import dev.drover.render.EnvoyGatewayYaml;
import dev.drover.types.HostPort;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Renders the resources for an Envoy Gateway. */
@Command(
    name = "envoy-gateway",
    mixinStandardHelpOptions = true,
    description =
        "Routes, backends and policies for Envoy Gateway 1.9 or newer, as YAML; with `envoy: { filters: two }` an EnvoyPatchPolicy.")
final class RenderEnvoyGatewayCommand implements Callable<Integer> {
  private static final String USUAL_CA = "/etc/ssl/certs/ca-certificates.crt";
  private static final String NAME = "[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?";
  private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  private static final String HOST = "(?i)" + LABEL + "(\\." + LABEL + ")*";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private RenderCommand.Input input = new RenderCommand.Input();

  @Option(
      names = "--host",
      required = true,
      paramLabel = "HOST",
      description = "What clients call.")
  private String host = "";

  @Option(
      names = "--gateway",
      required = true,
      paramLabel = "NAMESPACE/NAME",
      description = "The Gateway that serves the host.")
  private String gateway = "";

  @Option(
      names = "--listener",
      paramLabel = "NAME",
      description = "The name of its listener (default: ${DEFAULT-VALUE}).")
  private String listener = "http";

  @Option(names = "--https", description = "That listener has TLS.")
  private boolean https;

  @Option(
      names = "--service",
      required = true,
      paramLabel = "NAME.NAMESPACE:PORT",
      description = "Drover's Service; its port must have appProtocol grpc.")
  private String service = "";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What the names of all resources begin with (default: ${DEFAULT-VALUE}).")
  private String name = "drover";

  @Override
  public Integer call() throws IOException {
    if (!gateway.matches(LABEL + "/" + LABEL)) {
      throw wrong("--gateway: " + gateway + " (expected: NAMESPACE/NAME)");
    }
    if (!host.matches(HOST) || host.matches("[0-9.]+")) {
      throw wrong("--host: " + host + " (expected: a host name without a port)");
    }
    if (!listener.matches(LABEL)) {
      throw wrong("--listener: " + listener + " (expected: the name of a listener)");
    }
    if (!name.matches(NAME)) {
      throw wrong("--name: " + name + " (expected: at most 40 of a-z, 0-9 and -)");
    }
    List<String> where = List.of(gateway.split("/", -1));
    HostPort at = service();
    List<String> parts = List.of(at.host().split("\\.", -1));
    EnvoyGatewayPlace place =
        new EnvoyGatewayPlace(
            name,
            where.getFirst(),
            where.getLast(),
            listener,
            https,
            host.toLowerCase(Locale.ROOT),
            parts.get(0),
            parts.get(1),
            at.port());
    return input.write(config -> rendered(config, place));
  }

  private HostPort service() {
    String expected = "--service: " + service + " (expected: NAME.NAMESPACE:PORT)";
    if (!service.matches(
        LABEL + "\\." + LABEL + "(\\.svc(\\.cluster\\.local)?)?:[1-9][0-9]{0,4}")) {
      throw wrong(expected);
    }
    try {
      return HostPort.parse(service);
    } catch (IllegalArgumentException e) {
      throw wrong(expected);
    }
  }

  private String rendered(GatewayConfig config, EnvoyGatewayPlace place) {
    WhoMayCall.check(spec, config);
    if (config.identity().jwt() != null) {
      throw wrong(
          "identity.jwt: given (expected: none: the gateway verifies tokens after Drover is asked, or does not show them)");
    }
    if (!config.envoy().fallbacks()) {
      if (!config.envoy().trustedCa().equals(USUAL_CA)) {
        throw wrong(
            "envoy.trusted_ca: %s (expected: none with `envoy.filters: one`: providers are verified with the gateway's own certificates)"
                .formatted(config.envoy().trustedCa()));
      }
      if (config.server().tls() != null) {
        throw wrong(
            "server.tls: given (expected: none with `envoy.filters: one`: the policy calls the Service in plain text)");
      }
    }
    return EnvoyGatewayYaml.yaml(config, place);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
