package dev.drover.tools.cli;

import dev.drover.app.Server;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.record.ExchangeListener;
import dev.drover.tools.fake.Behaviour;
import dev.drover.tools.fake.FakeProvider;
import dev.drover.tools.standin.DataPlane;
import dev.drover.types.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Everything on one machine: fake providers, Drover, a data plane. Closing it leaves nothing
 * behind.
 */
final class Demo implements AutoCloseable {
  private static final String CHEAP_KEY = "sk-fake-cheap";
  private static final String DEAR_KEY = "sk-fake-dear";
  private static final String ADMIN_TOKEN = "demo-admin-token";

  private final LocalEnvironment localEnvironment = new LocalEnvironment();
  private final FakeProvider cheap;
  private final Server server;
  private final DataPlane dataPlane;

  /**
   * Starts it all.
   *
   * @param port where the data plane listens; 0 picks a free one
   * @param behaviour of the two good providers
   */
  Demo(int port, Behaviour behaviour, ExchangeListener listener, PrintStream accessLog)
      throws IOException, InterruptedException {
    try {
      cheap = localEnvironment.opened(new FakeProvider(CHEAP_KEY, behaviour));
      FakeProvider dear = localEnvironment.opened(new FakeProvider(DEAR_KEY, behaviour));
      FakeProvider broken =
          localEnvironment.opened(
              new FakeProvider(null, Behaviour.always(Behaviour.Kind.ERROR_500)));
      Map<String, String> values = new LinkedHashMap<>();
      values.put("cheap", cheap.baseUrl());
      values.put("dear", dear.baseUrl());
      values.put("broken", broken.baseUrl());
      values.put("cheap_key", localEnvironment.secret("cheap", CHEAP_KEY));
      values.put("dear_key", localEnvironment.secret("dear", DEAR_KEY));
      values.put("admin_token", localEnvironment.secret("admin", ADMIN_TOKEN));
      values.put("state", localEnvironment.file("state").toString());
      values.put("envoy", Integer.toString(port == 0 ? LocalEnvironment.freePort() : port));
      values.put("admin", "0");
      values.put("listen", localEnvironment.listen());
      Files.writeString(configFile(), filled(values));
      GatewayConfig config = LocalEnvironment.config(configFile());
      server = localEnvironment.server(configFile(), config, listener);
      dataPlane = localEnvironment.dataPlane(config, accessLog);
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Sets the behaviour of the cheap provider from now on. */
  void cheap(Behaviour behaviour) {
    cheap.behave(behaviour);
  }

  /** Returns the address that clients connect to. */
  HostPort address() {
    return dataPlane.address();
  }

  String dataPlaneName() {
    return dataPlane.name();
  }

  String adminUrl() {
    return "http://" + server.adminAddress();
  }

  /** The file with the token for changes over the admin port. */
  Path tokenFile() {
    return localEnvironment.file("admin.key");
  }

  /** Returns the path of the config file, for people to read and change. */
  Path configFile() {
    return localEnvironment.file("drover.yaml");
  }

  @Override
  public void close() {
    localEnvironment.close();
  }

  private static String filled(Map<String, String> values) throws IOException {
    try (InputStream in = Demo.class.getResourceAsStream("demo.yaml")) {
      if (in == null) {
        throw new IOException("demo.yaml: missing from the jar");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (Map.Entry<String, String> value : values.entrySet()) {
        text = text.replace("{" + value.getKey() + "}", value.getValue());
      }
      return text;
    }
  }
}
