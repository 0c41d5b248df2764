package dev.drover.report;

import dev.drover.types.NanoDollars;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Usage and cost of a time. Days are those of UTC. Immutable.
 *
 * @param since the first day
 * @param until the last day
 * @param by what the lines are grouped by
 * @param lines by the values of those, in their order
 * @param total of all lines
 * @param baseline whose prices savings are measured against, or null
 * @param shadows what copies of requests cost
 * @param probes what signs of life cost
 * @param month what is spent in the present month, and at its end if it goes on like that
 * @param notes what the reader has to know about the figures
 */
public record Report(
    LocalDate since,
    LocalDate until,
    List<Dimension> by,
    Map<List<String>, Line> lines,
    Line total,
    @Nullable String baseline,
    NanoDollars shadows,
    NanoDollars probes,
    Month month,
    List<String> notes) {
  /**
   * The present month.
   *
   * @param name such as 2026-11
   */
  public record Month(String name, NanoDollars spent, NanoDollars projected) {}
}
