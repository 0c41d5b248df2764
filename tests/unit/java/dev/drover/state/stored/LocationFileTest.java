package dev.drover.state.stored;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.config.schema.ResponsesConfig;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocationFileTest {
  @TempDir private Path folder;
  private Instant now = Instant.ofEpochSecond(1_000_000);

  private ResponseLocations locations(int most) {
    ResponseLocations locations = new ResponseLocations(() -> now);
    locations.configure(new ResponsesConfig(most, Duration.ofDays(30)));
    return locations;
  }

  private ResponseLocation location(String owner, long tokens) {
    return new ResponseLocation("chat", "p", "t", "env KEY \"x\"\n", owner, tokens, now);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whateverChanges_isThereAfterARestart(long seed) {
    Random random = new Random(seed);
    Map<String, ResponseLocation> expected = new HashMap<>();
    ResponseLocations locations = locations(1_000_000);
    LocationFile file = LocationFile.open(folder, locations);
    for (int i = 0; i < 30_000; i++) {
      String id = "resp_" + random.nextInt(300);
      if (random.nextInt(3) == 0) {
        locations.forget(id);
        expected.remove(id);
      } else {
        ResponseLocation location = location("team é", i);
        locations.note(id, location);
        expected.put(id, location);
      }
      if (random.nextInt(500) == 0) {
        file.save();
      }
      if (random.nextInt(5000) == 0) {
        file.save();
        locations = locations(1_000_000);
        file = LocationFile.open(folder, locations);
      }
    }
    file.save();
    ResponseLocations again = locations(1_000_000);
    LocationFile.open(folder, again);
    assertThat(again.snapshot()).isEqualTo(expected);
  }

  @Test
  void file_isWrittenAnewBeforeItIsLarge() throws Exception {
    ResponseLocations locations = locations(100);
    LocationFile file = LocationFile.open(folder, locations);
    for (int i = 0; i < 50_000; i++) {
      locations.note("resp_" + i, location("o", 0));
      if (i % 1000 == 0) {
        file.save();
      }
    }
    file.save();
    assertThat(Files.readAllLines(folder.resolve("responses.jsonl")).size()).isLessThan(12_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"id\":\"resp_x\",\"mo", "\u0000\u0000\u0000", "[1]", "{}", "{\"id\":7}"})
  void lineThatWasCut_isLeftOut_andTheNextOnesStand(String torn) throws Exception {
    ResponseLocations locations = locations(100);
    LocationFile file = LocationFile.open(folder, locations);
    locations.note("resp_1", location("o", 1));
    file.save();
    Files.writeString(folder.resolve("responses.jsonl"), torn, StandardOpenOption.APPEND);
    ResponseLocations second = locations(100);
    LocationFile again = LocationFile.open(folder, second);
    second.note("resp_2", location("o", 2));
    again.save();
    ResponseLocations third = locations(100);
    LocationFile.open(folder, third);
    assertThat(third.snapshot().keySet()).containsExactlyInAnyOrder("resp_1", "resp_2");
  }

  @Test
  void diskThatIsFull_losesNothingThatIsSavedLater() throws Exception {
    ResponseLocations locations = locations(1000);
    Path state = folder.resolve("state");
    Files.createFile(state); // no folder, so that nothing can be written
    LocationFile file = LocationFile.open(state, locations);
    locations.note("resp_1", location("o", 1));
    assertThatThrownBy(file::save)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("server.state_dir");
    locations.note("resp_2", location("o", 2));
    Files.delete(state);
    file.save();
    ResponseLocations again = locations(1000);
    LocationFile.open(state, again);
    assertThat(again.snapshot().keySet()).containsExactlyInAnyOrder("resp_1", "resp_2");
  }

  @Test
  void locations_growOldAndAreBounded() {
    ResponseLocations locations = locations(10);
    locations.note("resp_1", location("o", 1));
    now = now.plus(Duration.ofDays(30));
    assertThat(locations.find("resp_1")).isNotNull();
    now = now.plusSeconds(1);
    assertThat(locations.find("resp_1")).isNull();
    assertThat(locations.note("resp_1", location("another", 2))).isTrue(); // it is free again
    for (int i = 0; i < 1000; i++) {
      locations.note("resp_" + i, location("o", 1));
    }
    assertThat(locations.size()).isLessThanOrEqualTo(10);
  }
}
