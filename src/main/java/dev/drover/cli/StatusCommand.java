package dev.drover.cli;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows a running Drover on one screen. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description =
        "Show a running Drover on one screen: its targets, alerts and money. Exit 1 while an alert fires.")
final class StatusCommand implements Callable<Integer> {
  @Mixin private AdminClient admin = new AdminClient();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Map<String, Object> targets = admin.read("/targets");
    Map<String, Object> alerts = targets == null ? null : admin.read("/alerts");
    if (targets == null || alerts == null) {
      return 2;
    }
    System.out.printf(
        "%-32s %-14s %10s %8s %8s %s%n",
        "TARGET", "STATE", "IN FLIGHT", "P50 MS", "P99 MS", "LAST FAILURE");
    targets.forEach((name, target) -> print(name, map(target)));
    System.out.printf("%nSpent today (UTC): %s USD%n", money(alerts.get("spent_today_usd")));
    List<?> firing = alerts.get("alerts") instanceof List<?> list ? list : List.of();
    System.out.println(firing.isEmpty() ? "Alerts: none" : "Alerts:");
    firing.forEach(
        alert ->
            System.out.printf(
                "  %s since %s. %s%n",
                map(alert).get("summary"), map(alert).get("since"), map(alert).get("action")));
    return firing.isEmpty() ? 0 : 1;
  }

  private static void print(String name, Map<?, ?> target) {
    Map<?, ?> latency = map(target.get("latency_ms"));
    System.out.printf(
        "%-32s %-14s %10s %8s %8s %s%n",
        name,
        state(target),
        target.get("in_flight"),
        whole(latency.get("p50")),
        whole(latency.get("p99")),
        failure(target));
  }

  private static String state(Map<?, ?> target) {
    if (Boolean.TRUE.equals(target.get("switched_off"))) {
      return "switched off";
    }
    if (target.get("asked_no_more") instanceof String reason && !reason.isEmpty()) {
      return "not asked";
    }
    boolean cooling =
        target.get("seconds_cooling") instanceof Number rest && rest.doubleValue() > 0;
    return cooling
        ? "resting"
        : switch (String.valueOf(target.get("breaker"))) {
          case "closed" -> "healthy";
          case "half_open" -> "on trial";
          default -> "circuit open";
        };
  }

  private static String failure(Map<?, ?> target) {
    Object last = target.get("last_failure");
    return last == null
        ? ""
        : "%s, %s s ago".formatted(last, whole(target.get("seconds_since_failure")));
  }

  private static String whole(@Nullable Object number) {
    return number instanceof Number value ? "%.0f".formatted(value.doubleValue()) : "-";
  }

  private static String money(@Nullable Object amount) {
    return amount instanceof Number value
        ? new BigDecimal(value.toString()).setScale(2, RoundingMode.HALF_UP).toPlainString()
        : "0.00";
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }
}
