package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.tools.standin.Ports;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged is still so after a kill that leaves no time for anything. */
class KillIT {
  private static final String TOKEN = "an-admin-token";

  @TempDir private Path folder;
  private DroverProcess process;
  private String admin = "";

  private void serve() throws Exception {
    int port = Ports.free();
    admin = "http://127.0.0.1:" + port;
    Files.writeString(folder.resolve("admin.key"), TOKEN);
    Files.writeString(
        folder.resolve("drover.yaml"),
        """
        version: 1
        server:
          listen: "127.0.0.1:0"
          admin: "127.0.0.1:%d"
          admin_token: { file: "%s/admin.key" }
          state_dir: "%s/state"
        providers: { p: { base_url: "http://127.0.0.1:1/v1" } }
        targets:
          old: { provider: p, model: m, price: { input: 1, output: 1 } }
          new: { provider: p, model: n, price: { input: 1, output: 1 } }
        models: { chat: { targets: [old, new], rollout: { target: new } } }
        """
            .formatted(port, folder, folder));
    process = DroverProcess.serve(folder.resolve("drover.yaml"), port);
  }

  @AfterEach
  void kill() throws InterruptedException {
    process.kill();
  }

  private int change(String path) throws Exception {
    return Http.send(
            Http.request(admin + path)
                .header("authorization", "Bearer " + TOKEN)
                .POST(BodyPublishers.noBody())
                .build())
        .statusCode();
  }

  @Test
  void rolloutsAndSwitches_surviveKillMinusNine() throws Exception {
    String[] changes = {
      "/rollouts/chat/promote",
      "/rollouts/chat/promote",
      "/targets/old/disable",
      "/rollouts/chat/rollback"
    };
    String[] expected = {
      "\"percent\" : 15", "\"percent\" : 30", "\"percent\" : 30", "\"status\" : \"rolled_back\""
    };
    serve();
    for (int i = 0; i < changes.length; i++) {
      assertThat(change(changes[i])).isEqualTo(200);
      kill();
      serve();
      assertThat(Http.get(admin + "/rollouts").body()).contains(expected[i]);
    }
    assertThat(Http.get(admin + "/targets").body()).contains("\"switched_off\" : true");
  }
}
