package dev.drover.testing;

import dev.drover.catalog.Catalog;
import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.credential.Credentials;
import dev.drover.credential.Secrets;

/** Configs for tests. */
public final class Configs {
  /** Three targets at two providers. */
  public static final String THREE =
      """
      version: 1
      providers:
        one: { base_url: "https://one.example/v1", credentials: [ { env: KEY_ONE } ] }
        two: { base_url: "http://two.example:8000/api", credentials: [ { env: KEY_TWO } ] }
      targets:
        a: { provider: one, model: model-a, price: { input: 0.14, output: 0.42 }, context_window: 1000 }
        b: { provider: two, model: model-b, price: { input: 2, output: 8 }, supports: [streaming] }
        c: { provider: one, model: model-c, price: { input: 0.15, output: 0.20 } }
      models:
        chat: { targets: [a, b, c], strategy: STRATEGY }
        solo: { targets: [a] }
      """;

  private Configs() {}

  public static GatewayConfig load(String yaml) {
    return switch (ConfigLoader.parse(yaml)) {
      case Loaded.Sound(GatewayConfig config) -> config;
      case Loaded.Broken broken -> throw new AssertionError(broken.report());
    };
  }

  public static GatewayConfig three(String strategy) {
    return load(THREE.replace("STRATEGY", strategy));
  }

  public static Credentials credentials() {
    return Credentials.offline(new Secrets(name -> "sk-" + name));
  }

  public static Catalog catalog(GatewayConfig config) {
    return Catalog.compile(config, credentials());
  }
}
