package dev.drover.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.schema.CredentialConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {
  @TempDir Path folder;

  @Test
  void file_isTrimmed_andReadAgainWhenItRotates() throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "  sk-1\n");
    Secrets secrets = new Secrets(_ -> null);
    Secret secret = secrets.at(new CredentialConfig(null, file.toString()));
    assertThat(secret.value()).isEqualTo("sk-1");
    Files.writeString(file, "sk-2");
    secrets.refresh();
    assertThat(secret.value()).isEqualTo("sk-2");
  }

  @Test
  void fileThatBecomesUnusable_leavesTheOldKeyInForce() throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "sk-1");
    Secrets secrets = new Secrets(_ -> null);
    Secret secret = secrets.at(new CredentialConfig(null, file.toString()));
    Files.writeString(file, "two words");
    secrets.refresh();
    Files.delete(file);
    secrets.refresh();
    assertThat(secret.value()).isEqualTo("sk-1");
  }

  @Test
  void secret_neverPrintsItsValue() {
    Secret secret = new Secrets(_ -> "sk-secret").at(new CredentialConfig("SOME_KEY", null));
    assertThat(secret.toString()).isEqualTo("env SOME_KEY");
    assertThat(secret.value()).isEqualTo("sk-secret");
  }
}
