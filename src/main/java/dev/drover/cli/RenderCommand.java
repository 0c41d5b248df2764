package dev.drover.cli;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.render.EnvoyBootstrap;
import dev.drover.render.IstioPlace;
import dev.drover.render.IstioYaml;
import dev.drover.types.HostPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the data plane's configuration. */
@Command(
    name = "render",
    mixinStandardHelpOptions = true,
    description = "Print the data plane's configuration for a config file.",
    subcommands = {
      RenderCommand.Envoy.class,
      RenderCommand.Istio.class,
      RenderEnvoyGatewayCommand.class
    })
final class RenderCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    System.err.println(
        "render: expected: render envoy FILE, render istio FILE, or render envoy-gateway FILE");
    return 2;
  }

  /** The options for the config file to read and the place to write to. */
  static final class Input {
    @Parameters(paramLabel = "FILE", description = "The config file.")
    private Path file = Path.of("");

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description = "Where it is written; without it to standard output.")
    private @Nullable Path out;

    int write(Function<GatewayConfig, String> renderer) throws IOException {
      Optional<GatewayConfig> config = Configs.load(file);
      if (config.isEmpty()) {
        return 1;
      }
      String text = renderer.apply(config.get());
      if (out == null) {
        System.out.print(text);
      } else {
        Files.writeString(out, text);
      }
      return 0;
    }
  }

  /** A complete Envoy bootstrap. */
  @Command(
      name = "envoy",
      mixinStandardHelpOptions = true,
      description = "A complete bootstrap for Envoy 1.37 or newer, as YAML.")
  static final class Envoy implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private Input input = new Input();

    @Option(
        names = "--xds",
        description =
            "For an Envoy that takes its clusters and routes from Drover, and changes of them without a restart.")
    private boolean xds;

    @Override
    public Integer call() throws IOException {
      return input.write(this::rendered);
    }

    private String rendered(GatewayConfig config) {
      if (!xds) {
        return EnvoyBootstrap.yaml(config);
      }
      if (config.server().xds() == null) {
        throw new ParameterException(
            spec.commandLine(),
            "--xds: server.xds is absent (expected: server.xds: {} so that Drover serves what this bootstrap asks for)");
      }
      return EnvoyBootstrap.xdsYaml(config);
    }
  }

  /** Renders the resources for an Istio mesh. */
  @Command(
      name = "istio",
      mixinStandardHelpOptions = true,
      description = "EnvoyFilters and a VirtualService for Istio 1.29 or newer, as YAML.")
  static final class Istio implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private Input input = new Input();

    @Option(
        names = "--host",
        required = true,
        paramLabel = "HOST[:PORT]",
        description = "What clients call; port 80 unless said otherwise.")
    private String host = "";

    @Option(
        names = "--gateway",
        paramLabel = "[NAMESPACE/]NAME",
        description =
            "The Istio Gateway that serves the host. Without it requests are caught at the callers' sidecars.")
    private @Nullable String gateway;

    @Option(
        names = "--namespace",
        paramLabel = "NAME",
        description = "The namespace of those proxies (default: ${DEFAULT-VALUE}).")
    private String namespace = "istio-ingress";

    @Option(
        names = "--selector",
        paramLabel = "LABEL=VALUE",
        description = "Labels of those proxies (default: istio=ingressgateway at a gateway).")
    private Map<String, String> selector = Map.of();

    @Option(
        names = "--name",
        paramLabel = "NAME",
        description = "What the names of all resources begin with (default: ${DEFAULT-VALUE}).")
    private String name = "drover";

    @Option(
        names = "--service",
        paramLabel = "HOST:PORT",
        description =
            "Drover's service in the mesh; its port must have appProtocol grpc. Without it Envoy calls where the config says, such as a Unix socket.")
    private @Nullable String service;

    @Option(
        names = "--service-entries",
        description =
            "Also print a ServiceEntry and a DestinationRule for each provider outside the mesh. Drover's traffic needs neither; they let other workloads of the namespace call providers.")
    private boolean serviceEntries;

    @Option(
        names = "--listener-limit",
        description =
            "Raise the limit on bodies for all traffic of the listener. Istio 1.28 (Envoy 1.36) needs it for bodies over 1 MiB.")
    private boolean listenerLimit;

    @Override
    public Integer call() throws IOException {
      HostPort at = parse("--host", host.contains(":") ? host : host + ":80");
      if (service != null) {
        parse("--service", service);
      }
      if (selector.isEmpty() && gateway == null) {
        throw wrong("--selector: none (expected: labels of the callers' pods, or --gateway)");
      }
      if (!name.matches("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")) {
        throw wrong("--name: " + name + " (expected: at most 40 of a-z, 0-9 and -)");
      }
      IstioPlace place =
          new IstioPlace(
              name,
              namespace,
              gateway,
              selector.isEmpty() ? Map.of("istio", "ingressgateway") : selector,
              at.host().toLowerCase(Locale.ROOT),
              at.port(),
              service,
              serviceEntries,
              listenerLimit);
      return input.write(config -> rendered(config, place));
    }

    private String rendered(GatewayConfig config, IstioPlace place) {
      WhoMayCall.check(spec, config);
      IstioYaml.warnings(config).forEach(System.err::println);
      if (place.service() != null && config.server().tls() != null) {
        throw wrong(
            "--service: beside server.tls (expected: one of them; the mesh secures what it calls by itself)");
      }
      return IstioYaml.yaml(config, place);
    }

    private HostPort parse(String option, String value) {
      try {
        return HostPort.parse(value);
      } catch (IllegalArgumentException e) {
        throw wrong(option + ": " + value + " (expected: host:port)");
      }
    }

    private ParameterException wrong(String message) {
      return new ParameterException(spec.commandLine(), message);
    }
  }
}
