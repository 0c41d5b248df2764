package dev.drover.telemetry;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The reference page of the meters. */
public final class MetersPage {
  private MetersPage() {}

  /** Markdown, a row per meter. */
  public static String text() {
    StringBuilder page =
        new StringBuilder(
            """
            # Metrics

            What `/metrics` on the admin port has. Generated; `./drover reference --metrics` prints it. Label values are names from the
            config or words of Drover's, never what a client sent.

            | metric | type | unit | labels | meaning, and what to do |
            |---|---|---|---|---|
            """);
    for (Meters meter : Meters.values()) {
      page.append(
          "| `%s` | %s | %s | %s | %s |%n"
              .formatted(
                  meter.prometheusName(),
                  type(meter),
                  meter.unit(),
                  String.join(", ", meter.labels()),
                  meter.meaning()));
    }
    return page.toString();
  }

  private static String type(Meters meter) {
    return switch (meter.type()) {
      case TIMER -> "histogram";
      default -> meter.type().name().toLowerCase(Locale.ROOT);
    };
  }

  /** The names of all series, as Prometheus has them. */
  public static List<String> series() {
    return Arrays.stream(Meters.values())
        .flatMap(
            meter ->
                switch (meter.type()) {
                  case TIMER ->
                      List.of("_bucket", "_count", "_sum", "_max").stream()
                          .map(suffix -> meter.prometheusName() + suffix);
                  default -> List.of(meter.prometheusName()).stream();
                })
        .toList();
  }
}
