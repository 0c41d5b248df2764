package dev.drover.config.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.Reference;
import dev.drover.json.Yaml;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PatternWordsTest {
  /** Durations and sizes, which have words of their own. */
  private static final Set<String> QUANTITIES =
      Set.of("[0-9]{1,9}(B|KiB|MiB|GiB)", "[0-9]{1,9}(ms|s|m|h|d)");

  @Test
  void everyPatternOfTheSchema_isSaidInWords() {
    Set<String> patterns = new TreeSet<>();
    collect(Yaml.readJson(Reference.schema()), patterns);
    patterns.removeAll(QUANTITIES);
    assertThat(patterns).hasSizeGreaterThan(30);
    assertThat(patterns).noneMatch(pattern -> PatternWords.of(pattern).contains(pattern));
    assertThat(Reference.page()).doesNotContain("text that matches", "{0,62}");
  }

  @Test
  void alternatives_areListed() {
    assertThat(PatternWords.of("flex|priority|batch")).isEqualTo("one of flex, priority, batch");
    assertThat(PatternWords.of("a{3}")).isEqualTo("text that matches a{3}");
  }

  private static void collect(Object tree, Set<String> patterns) {
    if (tree instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) -> {
            if (key.equals("pattern") && value instanceof String pattern) {
              patterns.add(pattern.replaceAll("^\\^\\(|\\)\\$$", ""));
            }
            collect(value, patterns);
          });
    } else if (tree instanceof Iterable<?> list) {
      list.forEach(each -> collect(each, patterns));
    }
  }
}
