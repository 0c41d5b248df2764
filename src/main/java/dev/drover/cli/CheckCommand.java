package dev.drover.cli;

import dev.drover.admin.AdminListen;
import dev.drover.app.Probe;
import dev.drover.catalog.Catalog;
import dev.drover.catalog.Target;
import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
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
import java.nio.file.Files;
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
  private static final String WARNING = "warning: ";
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  @Parameters(paramLabel = "FILE", description = "The config file.")
  private Path file = Path.of("");

  @Option(
      names = "--probe",
      description =
          "Also ask each provider for its list of models with each key; exit 1 when one is rejected.")
  private boolean probe;

  @Option(
      names = "--format",
      description =
          "How findings are printed: ${COMPLETION-CANDIDATES}; text by default, github for annotations of its Actions.")
  private Findings.Format format = Findings.Format.text;

  @Override
  public Integer call() throws InterruptedException {
    Findings findings = new Findings(file);
    return switch (ConfigLoader.load(file)) {
      case Loaded.Broken broken -> {
        broken.problems().forEach(findings::problem);
        findings.print(format, "");
        yield 1;
      }
      case Loaded.Sound(GatewayConfig config) -> checked(config, findings) ? 0 : 1;
    };
  }

  /** Looks at what the file refers to; whether each provider took its keys, where it was asked. */
  private boolean checked(GatewayConfig config, Findings findings) throws InterruptedException {
    Secrets secrets = new Secrets(System::getenv);
    Credentials credentials =
        probe
            ? Credentials.asking(secrets, System::getenv, InstantSource.system(), (_, _) -> {})
            : Credentials.offline(secrets);
    Catalog catalog = Catalog.compile(config, credentials);
    places(config)
        .forEach(
            (path, places) ->
                places.stream()
                    .filter(place -> secrets.at(place).value() == null)
                    .forEach(place -> findings.warning(path, path + ": " + missing(place))));
    checkTls("server.tls", config.server().tls(), findings);
    checkTls("server.admin_tls", config.server().adminTls(), findings);
    narrowed(config.server(), findings);
    prices(findings);
    findings.note(WhoMayCall.line(config));
    boolean keysTaken = !probe || probed(catalog, findings);
    int clusters = catalog.models().stream().mapToInt(model -> model.plans().all().size()).sum();
    findings.print(
        format,
        "%s: sound. %d models, %d targets, %d plan clusters."
            .formatted(file, catalog.models().size(), catalog.targets().size(), clusters));
    return keysTaken;
  }

  /** Says why there is no key at a place. */
  private static String missing(CredentialConfig place) {
    String env = place.env();
    String why =
        env != null
            ? "environment variable "
                + env
                + (System.getenv(env) == null ? " is not set" : " is no key")
            : place.file()
                + (Files.exists(Path.of(String.valueOf(place.file())))
                    ? " is no key"
                    : ": no such file");
    return why + " on this machine (expected: a key without blanks)";
  }

  /** Says how old prices from a list are, and warns of those without a cached one. */
  private void prices(Findings findings) {
    try {
      String text = FileContent.text(file, FileContent.MOST_OF_CONFIG);
      for (String line : PriceList.review(text, LocalDate.now(ZoneOffset.UTC))) {
        if (line.startsWith(WARNING)) {
          String said = line.substring(WARNING.length());
          findings.warning(said.substring(0, said.indexOf(':')), said);
        } else {
          findings.note(line);
        }
      }
    } catch (IOException _) {
      findings.warning("", file + ": cannot be read again (expected: as before)");
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
  private static void narrowed(ServerConfig server, Findings findings) {
    if (AdminListen.narrowed(server)) {
      findings.warning(
          "server.admin",
          "server.admin: %s without server.admin_token: only this machine may read there, others get /health alone (expected: a token)"
              .formatted(server.admin()));
    }
  }

  /** The files may be those of another machine. */
  private static void checkTls(String key, @Nullable TlsConfig tls, Findings findings) {
    if (tls != null) {
      try {
        ServerTls files = new ServerTls(key, tls, InstantSource.system());
        if (files.expired()) {
          findings.warning(
              key + ".certificate",
              "%s.certificate: %s: expired %s (expected: one that is valid)"
                  .formatted(key, tls.certificate(), files.validUntil()));
        }
      } catch (IOException e) {
        findings.warning(key, String.valueOf(e.getMessage()));
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
  private static boolean probed(Catalog catalog, Findings findings) throws InterruptedException {
    boolean taken = true;
    Set<String> seen = new HashSet<>();
    try (Probe probe = new Probe()) {
      for (Target target : catalog.targets()) {
        if (seen.add(target.provider().name())) {
          taken &= probed(probe, target, findings);
        }
      }
    }
    return taken;
  }

  private static boolean probed(Probe probe, Target target, Findings findings)
      throws InterruptedException {
    boolean taken = true;
    List<ProviderCredential> keys = target.provider().credentials().all();
    for (ProviderCredential key :
        keys.isEmpty() ? Collections.<@Nullable ProviderCredential>singletonList(null) : keys) {
      awaitToken(key);
      Probe.Result result = probe.models(target, key);
      findings.note(
          "providers.%s: %s: %s"
              .formatted(target.provider().name(), key == null ? "no key" : key, result.detail()));
      taken &= !result.keyRejected();
    }
    return taken;
  }
}
