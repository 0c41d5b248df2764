package dev.drover.admin;

import dev.drover.config.bind.Problem;
import dev.drover.state.Switches;
import dev.drover.state.rollout.Rollout;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the changes that the admin port offers to whoever has the token. Thread-safe. */
final class AdminActions {
  private static final Logger log = LoggerFactory.getLogger(AdminActions.class);
  private static final String RELOAD = "/config/reload";
  private static final String BEARER = "Bearer ";
  private static final String PATHS =
      "expected: POST /targets/NAME/disable|enable, /providers/NAME/disable|enable, "
          + "/rollouts/MODEL/promote|pause|resume|rollback|restart, /config/reload\n";

  private final AdminView view;

  AdminActions(AdminView view) {
    this.view = view;
  }

  /** Returns whether a path is one of the paths for changes. */
  static boolean owns(String rawPath) {
    return rawPath.startsWith("/targets/")
        || rawPath.startsWith("/providers/")
        || rawPath.startsWith("/rollouts/")
        || rawPath.equals(RELOAD);
  }

  /**
   * Does what a POST asks for, of somebody who may.
   *
   * @param from the address that asks, for the log
   */
  Page act(String rawPath, String from) {
    if (rawPath.equals(RELOAD)) {
      return reload(from);
    }
    String[] parts = rawPath.split("/", -1);
    if (parts.length != 4) {
      return Page.text(404, PATHS);
    }
    String name = URLDecoder.decode(parts[2], StandardCharsets.UTF_8);
    try {
      return switch (parts[1]) {
        case "targets" ->
            flip(Switches.target(name), name, view.targets().get().keySet(), parts[3], from);
        case "providers" ->
            flip(Switches.provider(name), name, view.providers().get(), parts[3], from);
        case "rollouts" -> rollout(name, parts[3], from);
        default -> Page.text(404, PATHS);
      };
    } catch (UncheckedIOException e) {
      log.error("admin: {} not done", rawPath, e);
      return Page.text(500, e.getMessage() + "; nothing was changed\n");
    }
  }

  /** Returns the error page where the config allows no changes, else null. */
  @Nullable Page readOnly() {
    return view.config().get().server().adminReadOnly()
        ? Page.text(403, "server.admin_read_only: true (expected: false, for changes)\n")
        : null;
  }

  /**
   * Returns the error page for a request without a valid admin token; null when the token is valid.
   */
  @Nullable Page denied(@Nullable String authorization) {
    String token = view.token().get();
    if (token == null) {
      boolean configured = view.config().get().server().adminToken() != null;
      return Page.text(
          403,
          "server.admin_token: %s, so nothing can be changed here (expected: a token)\n"
              .formatted(configured ? "none to be read at its place" : "not set"));
    }
    String given =
        authorization != null && authorization.startsWith(BEARER)
            ? authorization.substring(BEARER.length()).strip()
            : "";
    boolean same =
        MessageDigest.isEqual(
            given.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    return same
        ? null
        : Page.text(401, "authorization: not the admin token (expected: Bearer TOKEN)\n");
  }

  /** A broken file changes nothing. */
  private Page reload(String from) {
    view.reload().run();
    List<Problem> problems = view.problems().get();
    int version = view.version().getAsInt();
    log.info(
        "admin: config read again for {}: {}",
        from,
        problems.isEmpty() ? "rules-" + version : problems.size() + " problems");
    return problems.isEmpty()
        ? Page.text(200, "ruleset " + version + " is in force\n")
        : Page.text(
            409,
            "ruleset %d stays in force: %s\n"
                .formatted(
                    version,
                    problems.stream().map(Problem::toString).collect(Collectors.joining("; "))));
  }

  private Page flip(
      String what, String name, Collection<String> known, String action, String from) {
    boolean on = action.equals("enable");
    if (!on && !action.equals("disable")) {
      return Page.text(404, PATHS);
    }
    if (!known.contains(name)) {
      return Page.text(
          404, "%s: unknown (expected: one of %s)\n".formatted(name, String.join(", ", known)));
    }
    view.state().switches().set(what, on);
    log.info("admin: {} {} for {}", what, on ? "enabled" : "disabled", from);
    return Page.text(200, what + " " + (on ? "enabled" : "disabled") + "\n");
  }

  private Page rollout(String model, String action, String from) {
    Rollout rollout = view.state().rollouts().of(model);
    if (rollout == null) {
      List<String> known = List.copyOf(view.state().rollouts().all().keySet());
      String expected =
          known.isEmpty() ? "a model with a rollout" : "one of " + String.join(", ", known);
      return Page.text(404, "%s: no rollout (expected: %s)\n".formatted(model, expected));
    }
    Rollout.Command command =
        Arrays.stream(Rollout.Command.values())
            .filter(each -> each.label().equals(action))
            .findFirst()
            .orElse(null);
    if (command == null) {
      return Page.text(
          404,
          "%s: unknown (expected: one of %s)\n"
              .formatted(
                  action,
                  Arrays.stream(Rollout.Command.values())
                      .map(Rollout.Command::label)
                      .collect(Collectors.joining(", "))));
    }
    try {
      rollout.command(command);
    } catch (IllegalStateException e) {
      return Page.text(409, e.getMessage() + "\n");
    }
    boolean stored = view.saveRollouts().getAsBoolean();
    log.info("admin: rollout of {}: {} for {}", model, action, from);
    return Page.text(
        200,
        "rollout of %s: %s, %d %%%s\n"
            .formatted(
                model,
                rollout.state().status().label(),
                rollout.percent(),
                stored ? "" : "; in force, but not stored: a restart would undo it, see the log"));
  }
}
