package dev.drover.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.drover.config.ConfigLoader;
import java.nio.charset.StandardCharsets;

/** Any text as a config: sound or a report, never an exception. */
class ConfigFuzzTest {
  @FuzzTest
  void parse(byte[] text) {
    ConfigLoader.parse(new String(text, StandardCharsets.UTF_8));
  }
}
