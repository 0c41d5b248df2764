package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.record.ExchangeRecord;
import dev.drover.tools.fake.Behaviour;
import dev.drover.tools.fake.FakeProvider;
import dev.drover.tools.standin.TestDataPlane;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data plane that takes its clusters and routes from Drover. */
@Tag("data-plane")
class XdsIT {
  private static final String XDS = "server: { xds: {}, ";

  @TempDir Path folder;

  private static void await(String what, Duration limit, Callable<Boolean> done) throws Exception {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!done.call()) {
      assertThat(System.nanoTime() - deadline).as(what).isNegative();
      Thread.sleep(10);
    }
  }

  private static boolean answered(Rig rig, String target) {
    return rig.records().stream().map(ExchangeRecord::target).toList().contains(target);
  }

  private static String page(Rig rig, String path) throws Exception {
    return Http.get("http://" + rig.server.adminAddress() + path).body();
  }

  @Test
  void newTargetAndNewAddress_underLoad_failNoRequest_andGetTraffic() throws Exception {
    Rig rig = new Rig(folder, Rig.yaml().replace("server: {", XDS));
    String before = Files.readString(rig.config);
    rig.first.behave(Behaviour.GOOD.withStream(40, Duration.ofMillis(100)));
    try (FakeProvider third = new FakeProvider(null, Behaviour.GOOD);
        Traffic traffic = new Traffic(rig.url())) {
      traffic
          .each(200, Http.chat("chat"), answer -> answer.statusCode() == 200)
          .each(2, Http.stream("chat"), answer -> answer.body().endsWith("data: [DONE]\n\n"));
      await("traffic", Duration.ofSeconds(60), () -> traffic.answered() > 600);

      String added =
          before
              .replace(
                  "targets:\n",
                  "targets:\n  new: { provider: three, model: new-3, price: { input: 0.01, output: 0.01 }, timeout: 3s }\n")
              .replace("targets: [cheap, dear]", "targets: [new, cheap, dear]")
              .replace(
                  "  one: {", "  three: { base_url: \"%s\" }\n  one: {".formatted(third.baseUrl()));
      Files.writeString(rig.config, added);
      await("the new target answers", Duration.ofSeconds(60), () -> answered(rig, "new"));

      Files.writeString(rig.config, before.replace(rig.first.baseUrl(), third.baseUrl()));
      await(
          "a target at another address answers",
          Duration.ofSeconds(60),
          () -> {
            rig.records();
            return page(rig, "/config").contains("\"ruleset_version\" : 3");
          });
      Thread.sleep(1_000);
      traffic.stop();
      assertThat(traffic.problems()).isEmpty();
      assertThat(traffic.answered()).isPositive();
      await(
          "clusters that nobody needs any more are gone",
          Duration.ofSeconds(60),
          () -> !page(rig, "/xds").contains("new"));
      rig.records();
    }
    rig.close();
  }

  @Test
  void refusalOfTheDataPlane_keepsTheOldRuleset_andIsShownInItsOwnWords() throws Exception {
    Rig rig = new Rig(folder, Rig.yaml().replace("server: {", XDS));
    String before = Files.readString(rig.config);
    Files.writeString(folder.resolve("ca.pem"), "no certificate");
    Files.writeString(
        rig.config,
        before
            .replace("xds: {}", "xds: { trusted_ca: \"" + folder.resolve("ca.pem") + "\" }")
            .replace(rig.first.baseUrl(), "https://localhost:1"));
    await(
        "the refusal",
        Duration.ofSeconds(60),
        () -> page(rig, "/config").contains("drover-envoy refused Secret"));
    assertThat(page(rig, "/xds"))
        .contains(
            TestDataPlane.isEnvoy()
                ? "Failed to load trusted CA certificates from <inline>"
                : "trusted_ca: drover_trusted_ca: cannot be read");
    assertThat(page(rig, "/config")).contains("\"ruleset_version\" : 1");
    assertThat(page(rig, "/metrics"))
        .contains("drover_xds_envoys 1.0", "drover_xds_refusals_total 1.0");
    assertThat(Http.post(rig.url() + Http.CHAT, Http.chat("chat")).statusCode()).isEqualTo(200);
    assertThat(rig.record().target()).isEqualTo("cheap");

    Files.writeString(rig.config, before.replace("cost-optimal", "priority"));
    await(
        "the next config",
        Duration.ofSeconds(60),
        () -> page(rig, "/config").contains("\"ruleset_version\" : 2"));
    rig.close();
  }

  @Test
  void providersCertificate_isVerifiedWithWhatDroverServes_overAUnixSocket() throws Exception {
    Certificate own = new Certificate(folder);
    Certificate stranger = new Certificate(Files.createDirectory(folder.resolve("other")));
    Path ca = Files.copy(own.certificate, folder.resolve("ca.pem"));
    try (FakeProvider provider = new FakeProvider(null, Behaviour.GOOD, own.context())) {
      Rig rig =
          new Rig(
              folder,
              Rig.yaml()
                      .replace("server: {", "server: { xds: { trusted_ca: \"" + ca + "\" }, ")
                      .replace(
                          "listen: \"127.0.0.1:DROVER\"", "listen: \"unix:FOLDER/drover.sock\"")
                      .replace("base_url: \"FIRST\"", "base_url: \"" + provider.baseUrl() + "\"")
                  + "health: { failures_in_row: 1000, min_requests: 1000 }\n");
      assertThat(Http.post(rig.url() + Http.CHAT, Http.chat("chat")).statusCode()).isEqualTo(200);
      assertThat(rig.record().target()).isEqualTo("cheap");
      Files.copy(stranger.certificate, ca, StandardCopyOption.REPLACE_EXISTING);
      await(
          "other certificates",
          Duration.ofSeconds(60),
          () -> {
            provider.behave(Behaviour.always(Behaviour.Kind.RESET)); // an open connection stays
            Http.post(rig.url() + Http.CHAT, Http.chat("chat"));
            rig.record();
            provider.behave(Behaviour.GOOD);
            Http.post(rig.url() + Http.CHAT, Http.chat("chat"));
            ExchangeRecord record = rig.record();
            return record.attempts().size() == 2 && record.target().equals("dear");
          });
      Files.writeString(
          rig.config,
          Files.readString(rig.config)
              .replace("trusted_ca: \"" + ca + "\"", "")
              .replace(provider.baseUrl(), rig.first.baseUrl()));
      await(
          "a provider without TLS, and no certificates any more",
          Duration.ofSeconds(60),
          () -> page(rig, "/config").contains("\"ruleset_version\" : 2"));
      assertThat(List.of(page(rig, "/config"), page(rig, "/xds")))
          .noneMatch(page -> page.contains("BEGIN"));
      rig.close();
    }
  }
}
