package dev.drover.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.schema.CredentialConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CredentialPoolTest {
  private static final long MINUTE = 60_000_000_000L;
  private final Map<String, String> environment =
      new HashMap<>(Map.of("ONE", "k1", "TWO", "k2", "THREE", "k3"));
  private final Secrets secrets = new Secrets(environment::get);

  private CredentialPool pool(String... names) {
    return new CredentialPool(
        List.of(names).stream()
            .map(name -> secrets.at(new CredentialConfig(name, null)))
            .map(secret -> new KeyCredential(secret, AuthScheme.BEARER))
            .toList());
  }

  private static List<String> picks(CredentialPool pool, int count, long now) {
    List<String> picks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ProviderCredential key = pool.pick(now);
      picks.add(key == null ? "none" : key.secrets().getFirst());
    }
    return picks;
  }

  @Test
  void keys_areUsedInTurn() {
    assertThat(picks(pool("ONE", "TWO", "THREE"), 6, 0))
        .containsExactly("k1", "k2", "k3", "k1", "k2", "k3");
  }

  @Test
  void keySetAside_restsWhileOthersServe_andComesBack() {
    CredentialPool pool = pool("ONE", "TWO");
    assertThat(pool.setAside(pool.all().getFirst(), MINUTE, 0)).isTrue();
    assertThat(picks(pool, 3, MINUTE - 1)).containsOnly("k2");
    assertThat(picks(pool, 2, MINUTE)).containsExactlyInAnyOrder("k1", "k2");
  }

  @Test
  void lastKey_isNeverSetAside() {
    CredentialPool pool = pool("ONE", "TWO");
    assertThat(pool.setAside(pool.all().get(0), MINUTE, 0)).isTrue();
    assertThat(pool.setAside(pool.all().get(1), MINUTE, 0)).isFalse();
    assertThat(picks(pool, 2, 0)).containsOnly("k2");
    CredentialPool solo = pool("THREE");
    assertThat(solo.setAside(solo.all().getFirst(), MINUTE, 0)).isFalse();
    assertThat(solo.setAside(null, MINUTE, 0)).isFalse();
  }

  @Test
  void rotatedKey_servesAtOnce() {
    CredentialPool pool = pool("ONE", "TWO");
    pool.setAside(pool.all().getFirst(), MINUTE, 0);
    environment.put("ONE", "fresh");
    secrets.refresh();
    assertThat(picks(pool, 2, 1)).containsExactlyInAnyOrder("fresh", "k2");
  }

  @Test
  void missingKeys_arePassedOver() {
    assertThat(picks(pool("NONE", "TWO"), 2, 0)).containsOnly("k2");
    assertThat(pool("NONE").unusable()).isTrue();
    assertThat(pool().unusable()).isFalse();
    assertThat(picks(pool("NONE"), 1, 0)).containsExactly("none");
    assertThat(pool("ONE", "TWO")).hasToString("env ONE, env TWO");
  }
}
