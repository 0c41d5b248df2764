package dev.drover.tools.cli;

import dev.drover.record.Ending;
import dev.drover.record.ExchangeListener;
import dev.drover.record.ExchangeRecord;
import dev.drover.tools.fake.Behaviour;
import dev.drover.tools.load.LoadPlan;
import dev.drover.tools.load.LoadRun;
import dev.drover.tools.load.Shape;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Steady traffic, and one bad day of the cheap provider in a minute, again and again. */
final class DemoTraffic implements ExchangeListener {
  private static final double PER_SECOND = 20;
  private static final double BESIDES_PER_SECOND = 3;
  private static final int WARM = 60;
  private static final String MIXED = "mixed";

  /** The time that a healthy provider takes to respond. */
  static final Duration USUAL = Duration.ofMillis(200);

  private static final Duration SLOW = Duration.ofSeconds(2);

  /** An act of the demo: a temporary behaviour of the cheap provider. */
  private enum Act {
    CALM("all is well"),
    BROWN_OUT("deepseek is slow"),
    STORM("deepseek answers 429"),
    OUTAGE("deepseek is down"),
    RECOVERY("deepseek is well again");

    private final String words;

    Act(String words) {
      this.words = words;
    }

    Behaviour of(Behaviour usual) {
      return switch (this) {
        case CALM, RECOVERY -> usual;
        case BROWN_OUT -> Behaviour.GOOD.withLatency(SLOW);
        case STORM -> Behaviour.always(Behaviour.Kind.THROTTLED);
        case OUTAGE -> Behaviour.always(Behaviour.Kind.ERROR_500);
      };
    }
  }

  private final List<ExchangeRecord> ended = new ArrayList<>();
  private final PrintStream out;

  DemoTraffic(PrintStream out) {
    this.out = out;
  }

  @Override
  public void finished(ExchangeRecord record) {
    if (MIXED.equals(record.asked().model())) {
      synchronized (ended) {
        ended.add(record);
      }
    }
  }

  private List<ExchangeRecord> take() {
    synchronized (ended) {
      List<ExchangeRecord> all = List.copyOf(ended);
      ended.clear();
      return all;
    }
  }

  /**
   * Goes on until it is interrupted.
   *
   * @param url the gateway
   * @param cheap tells the cheap provider how to behave
   * @param act how long each part of the day lasts
   */
  void run(String url, Behaviour usual, Consumer<Behaviour> cheap, Duration act)
      throws InterruptedException {
    warm(url);
    List<Thread> senders =
        List.of(
            Thread.startVirtualThread(() -> send(url, MIXED, false, PER_SECOND / 2)),
            Thread.startVirtualThread(() -> send(url, MIXED, true, PER_SECOND / 2)),
            Thread.startVirtualThread(() -> send(url, "faq", false, BESIDES_PER_SECOND)),
            Thread.startVirtualThread(() -> send(url, "summary", false, BESIDES_PER_SECOND)));
    try {
      out.printf(
          "%-8s %-24s %9s %7s %8s  %s%n", "second", "", "answered", "failed", "P50 ms", "by");
      for (int i = 0; ; i++) {
        Act now = Act.values()[i % Act.values().length];
        cheap.accept(now.of(usual));
        take();
        Thread.sleep(act);
        show((i + 1) * act.toSeconds(), now, take());
      }
    } finally {
      senders.forEach(Thread::interrupt);
    }
  }

  /** Until it is compiled a fresh process is slow, and would blame the targets for it. */
  private static void warm(String url) throws InterruptedException {
    for (String model : List.of("chat", MIXED)) {
      new LoadRun(plan(url, model, false, new Shape.Closed(WARM, 4))).run();
    }
  }

  private static LoadPlan plan(String url, String model, boolean stream, Shape shape) {
    return new LoadPlan(
        URI.create(url + "/v1/chat/completions"),
        "{\"model\":\"%s\",\"stream\":%s,\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}]}"
            .formatted(model, stream),
        Map.of(),
        Duration.ofSeconds(30),
        shape);
  }

  private static void send(String url, String model, boolean stream, double perSecond) {
    Shape steady = new Shape.Open(perSecond, Duration.ofDays(1));
    try {
      new LoadRun(plan(url, model, stream, steady)).run();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void show(long second, Act act, List<ExchangeRecord> records) {
    List<ExchangeRecord> good =
        records.stream().filter(each -> each.ending() == Ending.COMPLETE).toList();
    Map<String, Long> targets =
        good.stream()
            .collect(
                Collectors.groupingBy(
                    each -> String.valueOf(each.target()), TreeMap::new, Collectors.counting()));
    long[] times =
        good.stream().mapToLong(each -> each.timing().durationNanos()).sorted().toArray();
    out.printf(
        "%-8d %-24s %9d %7d %8d  %s%n",
        second,
        act.words,
        good.size(),
        records.size() - good.size(),
        times.length == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(times[times.length / 2]),
        targets.entrySet().stream()
            .map(
                each ->
                    "%s %d %%"
                        .formatted(
                            each.getKey(), Math.round(100.0 * each.getValue() / good.size())))
            .collect(Collectors.joining(", ")));
  }
}
