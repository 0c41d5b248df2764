package dev.drover.cli;

import dev.drover.json.Yaml;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The error codes that a client can get, each with its cause and what to do. Made of {@code
 * errors.yaml}. Thread-safe.
 */
final class ErrorCodes {
  private static final Map<String, Object> CODES =
      Yaml.readMap(Yaml.resource(ErrorCodes.class, "errors.yaml"));

  private ErrorCodes() {}

  /** Returns what is known of a code, in some lines; null when there is no such code. */
  static @Nullable String text(String code) {
    return CODES.get(code) instanceof Map<?, ?> known
        ? "%s (status %s)%n%n%s%n%s%nTry the same request again: %s%n"
            .formatted(
                code,
                known.get("status"),
                known.get("cause"),
                plain(known.get("action")),
                known.get("retry"))
        : null;
  }

  /** Returns the reference page: Markdown, a section for each code. */
  static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # Error codes

            The errors that Drover itself sends to clients, in the shape of the client's API. Generated;
            `drover reference --errors` prints this page, and `drover help CODE` a part of it.

            Errors of providers pass with their status. Between two APIs they are written in the client's shape.
            Every response has the id of its exchange in `x-drover-exchange`. An error that a retry cannot mend has
            `x-should-retry: false`, which the SDKs of vendors follow.
            """);
    CODES.forEach(
        (code, value) -> {
          if (value instanceof Map<?, ?> known) {
            page.append(
                "%n## `%s`%n%nStatus %s. %s%n%n- **Do**: %s%n- **Try again**: %s%n"
                    .formatted(
                        code,
                        known.get("status"),
                        known.get("cause"),
                        known.get("action"),
                        known.get("retry")));
          }
        });
    return page.toString();
  }

  /** Returns Markdown without its links. */
  private static String plain(@Nullable Object markdown) {
    return String.valueOf(markdown).replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1");
  }
}
