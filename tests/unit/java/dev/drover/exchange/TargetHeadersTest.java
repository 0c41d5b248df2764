package dev.drover.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Provider;
import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import dev.drover.credential.ApiKey;
import dev.drover.credential.AuthScheme;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.Translation;
import dev.drover.dialect.UpstreamRequest;
import dev.drover.exchange.account.ClientHeaders;
import dev.drover.message.HeaderEdits;
import dev.drover.testing.Configs;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TargetHeadersTest {
  private static final UpstreamRequest REQUEST =
      new UpstreamRequest("POST", "/v1/x", Map.of(), UpstreamRequest.UNCHANGED);

  private static final Translation SAME = Translation.same(Dialects.usual());

  private static ClientHeaders client(Map<String, String> forwarded) {
    return new ClientHeaders(Set.of(), forwarded, Map.of(), Map.of(), true);
  }

  private static String yaml(String auth, String more) {
    return Configs.THREE
        .replace("STRATEGY", "priority")
        .replaceFirst("(one: \\{[^\\n]*?) \\}\n", "$1, auth: " + auth + more + " }\n");
  }

  /** Envoy keeps the headers of an attempt, which another Drover may have written. */
  @ParameterizedTest
  @EnumSource(AuthScheme.class)
  void keyOfAnotherScheme_isTakenAway_whoeverSetIt(AuthScheme scheme) {
    String label =
        AuthScheme.labels().stream()
            .filter(each -> AuthScheme.named(each) == scheme)
            .findFirst()
            .orElseThrow();
    Catalog catalog = Configs.catalog(Configs.load(yaml(label, "")));
    Provider provider = Objects.requireNonNull(catalog.target("a")).provider();
    assertThat(provider.auth()).isEqualTo(scheme);
    HeaderEdits edits =
        TargetHeaders.add(
                TargetHeaders.clear(catalog),
                provider,
                REQUEST,
                new ApiKey("sk-1", provider.auth()),
                client(Map.of()),
                SAME,
                false,
                Instant.EPOCH)
            .build();
    assertThat(edits.set()).containsEntry(scheme.header(), scheme.value("sk-1"));
    assertThat(edits.remove())
        .containsAll(
            Arrays.stream(AuthScheme.values())
                .filter(other -> other != scheme)
                .map(AuthScheme::header)
                .toList());
  }

  @Test
  void headerThatAuthFills_isAProblemAmongTheOtherHeaders() {
    assertThat(ConfigLoader.parse(yaml("api-key", ", headers: { api-key: other }")))
        .isInstanceOfSatisfying(
            Loaded.Broken.class,
            broken ->
                assertThat(broken.report())
                    .contains(
                        "providers.one.headers.api-key: given (expected: a header other than the one that `auth` fills)"));
  }

  /** Envoy keeps header changes from attempt to attempt, so each attempt sets or removes them. */
  @Test
  void listedHeaderOfTheClient_isSentToThatProviderAlone() {
    Catalog catalog =
        Configs.catalog(Configs.load(yaml("bearer", ", forward_headers: [x-tenant]")));
    Map<String, String> forwarded = Map.of("x-tenant", "t-1");
    for (String target : new String[] {"a", "b"}) {
      HeaderEdits edits =
          TargetHeaders.add(
                  TargetHeaders.clear(catalog),
                  Objects.requireNonNull(catalog.target(target)).provider(),
                  REQUEST,
                  null,
                  client(forwarded),
                  SAME,
                  false,
                  Instant.EPOCH)
              .build();
      if (target.equals("a")) {
        assertThat(edits.set()).containsEntry("x-tenant", "t-1");
      } else {
        assertThat(edits.remove()).contains("x-tenant");
      }
    }
  }
}
