package dev.drover.routing.task;

import com.google.re2j.Pattern;
import dev.drover.config.schema.TaskConfig;
import dev.drover.config.schema.TasksConfig;
import dev.drover.dialect.RequestFacts;
import dev.drover.dialect.TextSample;
import dev.drover.types.Bytes;
import dev.drover.types.Capability;
import dev.drover.types.NanoDollars;
import dev.drover.types.Quality;
import java.text.Normalizer;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sorts requests into task classes by their words. Looks at no more than the first and last {@value
 * #WINDOW} bytes of the instructions and as much of the user's last message, whatever the request's
 * size. Immutable, thread-safe.
 */
public final class Tasks {
  /** The class of a request that nothing speaks for any other. */
  public static final String GENERAL = "general";

  private static final int WINDOW = 4096;

  /**
   * The characters at each end of the user's message that count as the request, rather than as
   * material.
   */
  private static final int REQUEST_CHARS = 200;

  private static final int WANTED = 3;

  /** Material that mentions a thing often still does not say what is wanted. */
  private static final int MOST_FOR_MENTIONS = 2;

  /** Estimates of length need no more than this. */
  private static final int BYTES_PER_TOKEN = 4;

  private record TaskClass(
      String name,
      @Nullable Quality quality,
      List<Pattern> patterns,
      Set<Capability> needs,
      int minPromptTokens) {}

  private final List<TaskClass> classes;
  private final Words words;
  private final NanoDollars highAbove;
  private final Map<String, Quality> qualities = new HashMap<>();
  private final List<String> names;

  private Tasks(List<TaskClass> classes, Words words, NanoDollars highAbove) {
    this.classes = classes;
    this.words = words;
    this.highAbove = highAbove;
    this.names = classes.stream().map(TaskClass::name).toList();
    for (TaskClass each : classes) {
      if (each.quality != null) {
        qualities.put(each.name, each.quality);
      }
    }
  }

  /** Compiles sound config. */
  public static Tasks compile(TasksConfig config) {
    List<TaskClass> classes =
        config.classes().entrySet().stream()
            .map(entry -> taskClass(entry.getKey(), entry.getValue()))
            .toList();
    Words words =
        new Words(
            config.classes().values().stream().map(TaskConfig::words).map(Tasks::lower).toList());
    return new Tasks(classes, words, NanoDollars.ofUsd(config.highQualityAboveUsd()));
  }

  private static TaskClass taskClass(String name, TaskConfig c) {
    return new TaskClass(
        name,
        c.quality(),
        c.patterns().stream().map(Pattern::compile).toList(),
        Set.copyOf(c.needs()),
        c.minPromptTokens());
  }

  private static List<String> lower(List<String> words) {
    return words.stream().map(Tasks::plain).toList();
  }

  /** Lower case, accents composed: however it was typed. */
  private static String plain(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return nothingCombines(lower) || Normalizer.isNormalized(lower, Normalizer.Form.NFC)
        ? lower
        : Normalizer.normalize(lower, Normalizer.Form.NFC);
  }

  /** Below U+0300 there is nothing that could be composed. */
  private static boolean nothingCombines(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x300) {
        return false;
      }
    }
    return true;
  }

  /** The names that a client may give, in the config's order. */
  public List<String> names() {
    return names;
  }

  /** The class of a request: the one that most speaks for, the first among equals. */
  public String classify(RequestFacts facts, Bytes body) {
    int[] points = new int[classes.size()];
    int[] mentions = new int[classes.size()];
    String user = plain(TextSample.of(body, facts.prompt().lastUser(), WINDOW));
    String instructions = plain(TextSample.of(body, facts.prompt().instructions(), WINDOW));
    int tail = user.length() - REQUEST_CHARS;
    words.find(
        user,
        (owner, from) -> {
          if (from < REQUEST_CHARS || from >= tail) {
            points[owner] += WANTED;
          } else {
            mentions[owner]++;
          }
        });
    words.find(instructions, (owner, _) -> mentions[owner]++);
    int best = -1;
    for (int i = 0; i < points.length; i++) {
      points[i] += Math.min(mentions[i], MOST_FOR_MENTIONS);
      points[i] += others(classes.get(i), facts, user);
      if (points[i] > 0 && (best < 0 || points[i] > points[best])) {
        best = i;
      }
    }
    return best < 0 ? GENERAL : classes.get(best).name;
  }

  private static int others(TaskClass task, RequestFacts facts, String user) {
    int points = anyFound(task.patterns, user) ? WANTED : 0;
    points += Collections.disjoint(task.needs, facts.needs()) ? 0 : WANTED;
    boolean isLong =
        task.minPromptTokens > 0 && facts.promptBytes() / BYTES_PER_TOKEN >= task.minPromptTokens;
    return points + (isLong ? WANTED : 0);
  }

  private static boolean anyFound(List<Pattern> patterns, String user) {
    for (Pattern pattern : patterns) {
      if (pattern.matcher(user).find()) {
        return true;
      }
    }
    return false;
  }

  /**
   * The least quality that a target must have for a request.
   *
   * @param maxCost what the client allows for it, or null
   * @return null when any will do
   */
  public @Nullable Quality quality(String task, @Nullable NanoDollars maxCost) {
    if (maxCost != null && maxCost.compareTo(highAbove) > 0) {
      return Quality.HIGH;
    }
    return qualities.get(task);
  }
}
