package dev.drover.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.usage.v1.UsageEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
  private static final long PLENTY = 1 << 20;

  @TempDir private Path folder;

  private static List<UsageEvent> events(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> Events.event("id-" + i, "team", Events.NOON, i, i, i))
        .toList();
  }

  private List<UsageEvent> all(Spool spool) throws IOException {
    List<UsageEvent> all = new ArrayList<>();
    for (Optional<Path> next = spool.oldest(); next.isPresent(); next = spool.oldest()) {
      all.addAll(spool.read(next.get()));
      spool.delete(next.get());
    }
    assertThat(spool.isEmpty()).isTrue();
    return all;
  }

  @Test
  void events_comeBackInOrder_alsoAfterARestart() throws IOException {
    Spool spool = new Spool(folder, PLENTY);
    spool.append(events(0, 10));
    spool.append(events(10, 20));
    Spool next = new Spool(folder, PLENTY);
    assertThat(next.bytes()).isEqualTo(spool.bytes());
    next.append(events(20, 30));
    assertThat(all(next)).isEqualTo(events(0, 30));
  }

  @Test
  void eventsThatComeWhileTheOldestIsRead_stay() throws IOException {
    Spool spool = new Spool(folder, PLENTY);
    spool.append(events(0, 5));
    Path oldest = spool.oldest().orElseThrow();
    spool.append(events(5, 8));
    assertThat(spool.read(oldest)).isEqualTo(events(0, 5));
    spool.delete(oldest);
    assertThat(all(spool)).isEqualTo(events(5, 8));
  }

  @Test
  void tornTail_isCut_atEveryByte() throws IOException {
    Spool spool = new Spool(folder, PLENTY);
    spool.append(events(1, 4));
    Path segment = spool.oldest().orElseThrow();
    byte[] whole = Files.readAllBytes(segment);
    int third = whole.length / 3;
    for (int cut = 0; cut < whole.length; cut++) {
      Files.write(segment, Arrays.copyOf(whole, cut));
      List<UsageEvent> read = spool.read(segment);
      assertThat(read).as("cut at %d", cut).isEqualTo(events(1, 1 + cut / third));
    }
  }

  @Test
  void changedByte_isNoticed() throws IOException {
    Spool spool = new Spool(folder, PLENTY);
    spool.append(events(0, 3));
    Path segment = spool.oldest().orElseThrow();
    byte[] whole = Files.readAllBytes(segment);
    whole[whole.length / 2] ^= 1;
    Files.write(segment, whole);
    assertThat(spool.read(segment)).isEqualTo(events(0, 1));
    assertThat(folder.toFile().list()).anyMatch(name -> name.endsWith(".broken"));
  }

  @Test
  void tooMuch_isRefusedWhole() throws IOException {
    Spool spool = new Spool(folder, 1_000);
    assertThat(spool.append(events(0, 3))).isTrue();
    long before = spool.bytes();
    assertThat(spool.append(events(3, 100))).isFalse();
    assertThat(spool.bytes()).isEqualTo(before);
    assertThat(all(spool)).isEqualTo(events(0, 3));
  }

  @Test
  void afterATornWrite_newEventsGoToAnotherFile() throws IOException {
    Spool spool = new Spool(folder, PLENTY);
    spool.append(events(0, 2));
    Path segment = spool.oldest().orElseThrow();
    Files.write(segment, new byte[] {100, 1, 2}, StandardOpenOption.APPEND);
    Spool next = new Spool(folder, PLENTY);
    next.append(events(2, 4));
    assertThat(all(next)).isEqualTo(events(0, 4));
  }
}
