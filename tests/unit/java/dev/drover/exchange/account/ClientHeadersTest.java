package dev.drover.exchange.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.dialect.Dialects;
import dev.drover.message.Headers;
import dev.drover.routing.Ruleset;
import dev.drover.state.RuntimeState;
import dev.drover.testing.Configs;
import dev.drover.testing.FakeTicker;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHeadersTest {
  private static final String YAML =
      Configs.THREE
          .replace("STRATEGY", "priority")
          .replaceFirst(
              "(one: \\{[^\\n]*?) }\\n", "$1, forward_headers: [x-tenant, \"x-team-*\"] }\n");

  private static ClientHeaders sorted(Map<String, String> headers) {
    FakeTicker time = new FakeTicker();
    RuntimeState state = RuntimeState.fresh(time, () -> Instant.EPOCH);
    Ruleset ruleset =
        Ruleset.compile(
            1, Configs.load(YAML), Configs.credentials(), state, time, () -> Instant.EPOCH);
    return ClientHeaders.of(Headers.of(headers), Dialects.usual(), ruleset);
  }

  /** Tokens of other systems, addresses and names of people, known or not. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "authorization",
        "proxy-authorization",
        "x-api-key",
        "api-key",
        "x-goog-api-key",
        "cookie",
        "x-amz-security-token",
        "x-forwarded-access-token",
        "x-forwarded-email",
        "x-forwarded-user",
        "cf-access-jwt-assertion",
        "x-id-token",
        "private-token",
        "x-real-ip",
        "forwarded",
        "referer",
        "origin",
        "x-auth-request-access-token",
        "openai-organization",
        "openai-project",
        "x-drover-session",
        "x-envoy-max-retries",
        "x-something-nobody-knows"
      })
  void headerThatNoApiNeeds_staysHere(String name) {
    assertThat(sorted(Map.of(name, "v")).strip()).containsExactly(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":path",
        "content-type",
        "accept",
        "user-agent",
        "traceparent",
        "tracestate",
        "x-stainless-retry-count",
        "openai-beta"
      })
  void headerOfTheApi_goesOn(String name) {
    assertThat(sorted(Map.of(name, "v")).strip()).isEmpty();
  }

  @Test
  void listedHeaders_areForThoseProvidersThatListThem() {
    ClientHeaders sorted =
        sorted(Map.of("x-tenant", "t", "x-team-a", "1", "x-teams", "2", "cookie", "c"));
    assertThat(sorted.forwarded()).containsOnlyKeys("x-tenant", "x-team-a");
    assertThat(sorted.strip()).containsExactlyInAnyOrder("x-teams", "cookie");
  }

  @Test
  void headersThatLeaveNoRoom_areTold() {
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i < 60; i++) {
      many.put("x-stainless-" + i, "v");
    }
    assertThat(sorted(many).fits()).isTrue();
    for (int i = 60; i < 90; i++) {
      many.put("x-stainless-" + i, "v");
    }
    assertThat(sorted(many).fits()).isFalse();
    assertThat(sorted(Map.of("user-agent", "u".repeat(50_000))).fits()).isTrue();
    assertThat(sorted(Map.of("user-agent", "u".repeat(58_000))).fits()).isFalse();
    assertThat(sorted(Map.of("cookie", "c".repeat(59_000))).fits()).as("stays here").isTrue();
  }
}
