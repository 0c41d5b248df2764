package dev.drover.cli;

import dev.drover.admin.AdminListen;
import dev.drover.app.Probe;
import dev.drover.catalog.Catalog;
import dev.drover.catalog.Target;
import dev.drover.config.PriceList;
import dev.drover.config.schema.AzureCredentialConfig;
import dev.drover.config.schema.CredentialConfig;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.ProviderConfig;
import dev.drover.config.schema.ServerConfig;
import dev.drover.config.schema.TlsConfig;
import dev.drover.credential.Credentials;
import dev.drover.credential.ProviderCredential;
import dev.drover.credential.Secrets;
import dev.drover.extproc.ServerTls;
import dev.drover.types.FileContent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks a config file and the credentials it refers to. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Report every problem of a config file; exit 1 when there is one.")
final class CheckCommand implements Callable<Integer> {
  private static final Duration TOKEN_PATIENCE = Duration.ofSeconds(20);
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  @Parameters(paramLabel = "FILE", description = "The config file.")
  private Path file = Path.of("");

  @Option(
      names = "--probe",
      description =
          "Also ask each provider for its list of models with each key; exit 1 when one is rejected.")
  private boolean probe;

  @Override
  public Integer call() throws InterruptedException {
    Optional<GatewayConfig> config = Configs.load(file);
    if (config.isEmpty()) {
      return 1;
    }
    Secrets secrets = new Secrets(System::getenv);
    Credentials credentials =
        probe
            ? Credentials.asking(secrets, System::getenv, InstantSource.system(), (_, _) -> {})
            : Credentials.offline(secrets);
    Catalog catalog = Catalog.compile(config.get(), credentials);
    places(config.get())
        .forEach(
            (path, places) ->
                places.stream()
                    .map(secrets::at)
                    .filter(secret -> secret.value() == null)
                    .forEach(
                        secret ->
                            System.err.printf(
                                "warning: %s: %s: no usable key here (expected: a key without blanks)%n",
                                path, secret)));
    checkTls("server.tls", config.get().server().tls());
    checkTls("server.admin_tls", config.get().server().adminTls());
    narrowed(config.get().server());
    prices();
    System.out.println(WhoMayCall.line(config.get()));
    boolean keysTaken = !probe || probed(catalog);
    int clusters = catalog.models().stream().mapToInt(model -> model.plans().all().size()).sum();
    System.out.printf(
        "%s: sound. %d models, %d targets, %d plan clusters.%n",
        file, catalog.models().size(), catalog.targets().size(), clusters);
    return keysTaken ? 0 : 1;
  }

  /** Says how old prices from a list are, and warns of those without a cached one. */
  private void prices() {
    try {
      String text = FileContent.text(file, FileContent.MOST_OF_CONFIG);
      for (String line : PriceList.review(text, LocalDate.now(ZoneOffset.UTC))) {
        (line.startsWith("warning") ? System.err : System.out).println(line);
      }
    } catch (IOException _) {
      System.err.println("warning: " + file + ": cannot be read again (expected: as before)");
    }
  }

  /** Returns the places where the config keeps secrets, by the config's keys. */
  private static Map<String, List<CredentialConfig>> places(GatewayConfig config) {
    Map<String, List<CredentialConfig>> places = new LinkedHashMap<>();
    config
        .providers()
        .forEach((name, c) -> places.put("providers." + name + ".credentials", places(c)));
    add(places, "server.admin_token", config.server().adminToken());
    add(places, "ledger.password", config.ledger().password());
    add(places, "redis.password", config.redis() == null ? null : config.redis().password());
    config.traces().headers().forEach((name, c) -> add(places, "traces.headers." + name, c));
    config
        .alerts()
        .webhooks()
        .forEach(
            (name, c) -> {
              add(places, "alerts.webhooks." + name + ".url_from", c.urlFrom());
              add(places, "alerts.webhooks." + name + ".secret", c.secret());
            });
    return places;
  }

  private static List<CredentialConfig> places(ProviderConfig provider) {
    return provider.credentials().stream()
        .flatMap(
            credential ->
                Stream.of(
                    Optional.ofNullable(credential.place()),
                    Optional.ofNullable(credential.azure()).map(AzureCredentialConfig::secret)))
        .flatMap(Optional::stream)
        .toList();
  }

  private static void add(
      Map<String, List<CredentialConfig>> places, String path, @Nullable CredentialConfig place) {
    if (place != null) {
      places.put(path, List.of(place));
    }
  }

  /** Without a token the pages are for this machine, whatever address the config names. */
  private static void narrowed(ServerConfig server) {
    if (AdminListen.narrowed(server)) {
      System.err.printf(
          "warning: server.admin: %s without server.admin_token: only this machine may read there, others get /health alone (expected: a token)%n",
          server.admin());
    }
  }

  /** The files may be those of another machine. */
  private static void checkTls(String key, @Nullable TlsConfig tls) {
    if (tls != null) {
      try {
        ServerTls files = new ServerTls(key, tls, InstantSource.system());
        if (files.expired()) {
          System.err.printf(
              "warning: %s.certificate: %s: expired %s (expected: one that is valid)%n",
              key, tls.certificate(), files.validUntil());
        }
      } catch (IOException e) {
        System.err.println("warning: " + e.getMessage());
      }
    }
  }

  /** Waits for a cloud to issue a credential, which is being asked for; not forever. */
  private static void awaitToken(@Nullable ProviderCredential key) throws InterruptedException {
    long end = System.nanoTime() + TOKEN_PATIENCE.toNanos();
    while (key != null && key.current() == null && key.renews() && System.nanoTime() < end) {
      Thread.sleep(LOOK_EVERY.toMillis());
    }
  }

  /** Asks each provider for its models with each of its keys; whether none was rejected. */
  private static boolean probed(Catalog catalog) throws InterruptedException {
    boolean taken = true;
    Set<String> seen = new HashSet<>();
    try (Probe probe = new Probe()) {
      for (Target target : catalog.targets()) {
        if (seen.add(target.provider().name())) {
          taken &= probed(probe, target);
        }
      }
    }
    return taken;
  }

  private static boolean probed(Probe probe, Target target) throws InterruptedException {
    boolean taken = true;
    List<ProviderCredential> keys = target.provider().credentials().all();
    for (ProviderCredential key :
        keys.isEmpty() ? Collections.<@Nullable ProviderCredential>singletonList(null) : keys) {
      awaitToken(key);
      Probe.Result result = probe.models(target, key);
      System.out.printf(
          "providers.%s: %s: %s%n",
          target.provider().name(), key == null ? "no key" : key, result.detail());
      taken &= !result.keyRejected();
    }
    return taken;
  }
}
