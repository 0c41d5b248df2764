package dev.drover.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import dev.drover.config.bind.Problem;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.record.Caller;
import dev.drover.testing.Configs;
import dev.drover.testing.FakeTicker;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallersTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final String YAML =
      Configs.THREE.replace("STRATEGY", "priority")
          + """
          teams: { search: {}, ads: {} }
          keys:
            - { id: one, sha256: "%s", next_sha256: "%s", team: search, project: index, models: [chat] }
            - { id: old, sha256: "%s", expires: 2026-05-31T23:00:00-01:00 }
          workloads:
            - { id: indexer, spiffe_id: "spiffe://m/ns/search/sa/*", team: search }
            - { id: exact, spiffe_id: "spiffe://m/ns/ads/sa/a", team: ads }
            - { id: special, spiffe_id: "spiffe://m/ns/search/sa/special" }
          """
              .formatted(
                  Callers.sha256("sk-drover-1"),
                  Callers.sha256("sk-drover-2"),
                  Callers.sha256("sk-drover-3"));

  private static AuthResult identify(String yaml, String authorization, String key, String spiffe) {
    return Callers.compile(Configs.load(yaml))
        .identify(new PresentedCredentials(authorization, key, spiffe, Map.of(), _ -> ""), NOW);
  }

  private static String who(String authorization, String key, String spiffe) {
    return switch (identify(YAML, authorization, key, spiffe)) {
      case AuthResult.As(Caller caller) -> caller.id();
      case AuthResult.Not not -> not.code();
    };
  }

  @ParameterizedTest
  @CsvSource({
    "Bearer sk-drover-1,'','',one",
    "bearer sk-drover-2,'','',one",
    "'',sk-drover-1,'',one",
    "Bearer sk-drover-3,'','',expired_api_key",
    "Bearer sk-drover-4,'','',invalid_api_key",
    "'','','',missing_api_key",
    "'','',spiffe://m/ns/search/sa/x,indexer",
    "'','',spiffe://m/ns/ads/sa/a,exact",
    "'','',spiffe://m/ns/ads/sa/ab,missing_api_key",
    "Bearer wrong,'',spiffe://m/ns/search/sa/x,indexer",
    "Bearer sk-drover-9,'',spiffe://m/ns/search/sa/x,invalid_api_key",
    "Bearer wrong,'',spiffe://m/ns/other/sa/x,invalid_api_key",
    "'','',spiffe://m/ns/search/sa/special,special",
  })
  void callers_areKnownByKeyElseByWorkload(
      String authorization, String key, String spiffe, String who) {
    assertThat(who(authorization, key, spiffe)).isEqualTo(who);
  }

  private static AuthResult vouched(
      String authorization, String spiffe, Map<String, Object> token, Map<String, String> headers) {
    return Callers.compile(
            Configs.load(
                YAML
                    + """
                    identity:
                      jwt: { metadata_key: payload, id: sub, team: org.team }
                      headers: { from: "spiffe://edge/*", id: x-user, team: x-team, project: x-project }
                    """))
        .identify(
            new PresentedCredentials(
                authorization,
                "",
                spiffe,
                token.isEmpty() ? Map.of() : Map.of("payload", token),
                name -> headers.getOrDefault(name, "")),
            NOW);
  }

  @Test
  void verifiedTokens_nameCallers_butAKeyGoesFirst() {
    Map<String, Object> token = Map.of("sub", "u-1", "org", Map.of("team", "search"));
    assertThat(vouched("Bearer eyJ0.eyJz.sig", "", token, Map.of()))
        .isEqualTo(
            new AuthResult.As(new Caller(Caller.Kind.TOKEN, "u-1", "search", "", null, true)));
    assertThat(vouched("Bearer " + "e".repeat(2000), "", token, Map.of()))
        .as("tokens are long")
        .isInstanceOf(AuthResult.As.class);
    assertThat(vouched("Bearer sk-drover-nobody", "", token, Map.of()))
        .isInstanceOf(AuthResult.Not.class);
    assertThat(vouched("", "", Map.of("sub", 17L, "org", "x"), Map.of()))
        .isEqualTo(new AuthResult.As(new Caller(Caller.Kind.TOKEN, "17", "", "", null, false)));
    assertThat(vouched("", "", Map.of("other", "x"), Map.of()))
        .isEqualTo(
            new AuthResult.Not(
                "invalid_identity", "claim sub: missing (expected: the name of the caller)"));
    assertThat(vouched("", "", Map.of("sub", "a\nb"), Map.of())).isInstanceOf(AuthResult.Not.class);
  }

  @Test
  void headers_areBelievedOfTheTrustedHopAlone() {
    Map<String, String> headers = Map.of("x-user", "u-2", "x-team", "nobody", "x-project", "p");
    assertThat(vouched("", "spiffe://edge/gateway", Map.of(), headers))
        .isEqualTo(
            new AuthResult.As(new Caller(Caller.Kind.HEADER, "u-2", "nobody", "p", null, false)));
    assertThat(vouched("", "spiffe://other/gateway", Map.of(), headers))
        .isInstanceOf(AuthResult.Not.class);
    assertThat(vouched("", "", Map.of(), headers)).isInstanceOf(AuthResult.Not.class);
  }

  @Test
  void whatIsKnownOfACaller() {
    assertThat(identify(YAML, "Bearer sk-drover-1", "", ""))
        .isInstanceOfSatisfying(
            AuthResult.As.class,
            as -> {
              assertThat(as.caller().team()).isEqualTo("search");
              assertThat(as.caller().project()).isEqualTo("index");
              assertThat(as.caller().mayUse("chat")).isTrue();
              assertThat(as.caller().mayUse("solo")).isFalse();
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Basic abc                 | not a bearer token",
        "'Bearer '                 | a blank key",
        "'Bearer  sk-drover-1'     | blanks around it",
        "'Bearer sk-drover-1 '     | blanks around it",
        "'Bearer \"sk-drover-1\"'  | in quotes",
        "Bearer sk-proj-123        | begin with sk-drover-",
        "Bearer sk-drover-zzz      | an unknown key",
        "Bearer sk-drover-3        | key old expired at 2026-06-01T00:00:00Z",
      })
  void messages_sayWhatIsWrong_andNeverTheSecret(String authorization, String message) {
    assertThat(identify(YAML, authorization, "", ""))
        .isInstanceOfSatisfying(
            AuthResult.Not.class,
            not ->
                assertThat(not.message())
                    .contains(message)
                    .doesNotContain("sk-proj-123", "zzz", "sk-drover-1"));
  }

  @Test
  void messages_nameTheHeaderThatTheKeyIsIn_orShouldBe() {
    assertThat(identify(YAML, "", "sk-drover-zzz", ""))
        .isEqualTo(
            new AuthResult.Not(
                "invalid_api_key", "x-api-key: an unknown key (expected: one in the config)"));
    assertThat(identify(YAML, "", "\"zzz\"", ""))
        .isEqualTo(
            new AuthResult.Not(
                "invalid_api_key", "x-api-key: a key in quotes (expected: the key alone)"));
    String passthrough = YAML.replace("8000/api\",", "8000/api\", passthrough: true,");
    assertThat(identify(passthrough, "", "", ""))
        .isInstanceOfSatisfying(
            AuthResult.Not.class,
            not -> assertThat(not.message()).contains("a key of this gateway, then in x-api-key"));
  }

  @Test
  void withoutKeysAndWorkloads_everybodyIsServed_unlessTheConfigSaysOtherwise() {
    String bare = Configs.THREE.replace("STRATEGY", "priority");
    assertThat(identify(bare, "Bearer anything", "", ""))
        .isEqualTo(new AuthResult.As(Caller.ANONYMOUS));
    assertThat(identify(bare + "anonymous: false\n", "", "", ""))
        .isInstanceOf(AuthResult.Not.class);
    assertThat(identify(YAML + "anonymous: true\n", "", "", ""))
        .isEqualTo(new AuthResult.As(Caller.ANONYMOUS));
    assertThat(identify(YAML + "anonymous: true\n", "Bearer wrong", "", ""))
        .as("a wrong key is not no key")
        .isInstanceOf(AuthResult.Not.class);
  }

  @Test
  void mistakes_areReportedWithTheirPlace() {
    String hash = Callers.sha256("x");
    assertThat(
            ConfigLoader.parse(
                Configs.THREE.replace("STRATEGY", "priority")
                    + """
                    teams: { search: { limits: { burst: 5 } } }
                    keys:
                      - { id: a, sha256: "%s", team: serach }
                      - { id: a, sha256: "%s", models: [chta] }
                      - { id: b, sha256: "123", expires: 2026-13-01T00:00:00Z }
                      - { id: c, sha256: sk-drover-pasted-by-mistake }
                    workloads: [ { id: w, spiffe_id: "http://x" } ]
                    """
                        .formatted(hash, hash)))
        .isInstanceOfSatisfying(
            Loaded.Broken.class,
            broken ->
                assertThat(broken.problems())
                    .extracting(Problem::toString)
                    .anySatisfy(p -> assertThat(p).startsWith("keys[0].team").contains("search"))
                    .anySatisfy(p -> assertThat(p).startsWith("keys[1].id"))
                    .anySatisfy(p -> assertThat(p).startsWith("keys[1].sha256"))
                    .anySatisfy(p -> assertThat(p).startsWith("keys[1].models[0]"))
                    .anySatisfy(p -> assertThat(p).startsWith("keys[2].sha256"))
                    .anySatisfy(p -> assertThat(p).startsWith("keys[2].expires"))
                    .anySatisfy(p -> assertThat(p).startsWith("keys[3].sha256: (not shown)"))
                    .noneSatisfy(p -> assertThat(p).contains("pasted"))
                    .anySatisfy(p -> assertThat(p).startsWith("workloads[0].spiffe_id"))
                    .anySatisfy(p -> assertThat(p).startsWith("teams.search.limits.burst"))
                    .hasSize(9));
  }

  /** A token's subject may be any text, also the name of a key, a workload or another source. */
  @Test
  void identity_isThePairOfSourceAndName() {
    GatewayConfig config =
        Configs.load(
            Configs.THREE.replace("STRATEGY", "priority")
                + """
                keys:
                  - id: alice
                    sha256: "%s"
                    limits: { requests_per_minute: 1 }
                    budgets: [ { limit_usd: 1 } ]
                """
                    .formatted(Callers.sha256("a")));
    FakeTicker time = new FakeTicker();
    AdmissionController controller =
        new AdmissionController(
            new Quotas(time), new Budgets(Map.of(), () -> NOW), time, () -> NOW);
    controller.configure(config);
    Set<String> identities = new HashSet<>();
    for (Caller.Kind kind : Caller.Kind.values()) {
      Caller caller = new Caller(kind, "alice", "", "", null, false);
      var bound = new AdmissionRequest.Bound(1, 1);
      ApplicableLimits limits =
          controller.applicable(new AdmissionRequest(caller, "chat", Map.of(), 1, 1, bound));
      assertThat(limits.isEmpty()).as(kind.label()).isEqualTo(!caller.named());
      identities.add(caller.identity());
    }
    assertThat(identities).as("keys and workloads have names apart").hasSize(3);
  }
}
