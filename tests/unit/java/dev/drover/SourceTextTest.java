package dev.drover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The text of the sources: how comments begin, and which words stand where. */
class SourceTextTest {
  private static final Path MAIN = Path.of("src/main/java/dev/drover");

  /** The first words of a phrase that names nothing. */
  private static final Set<String> PRONOUNS =
      Set.of(
          "What", "Who", "Whom", "Whose", "Whether", "How", "That", "Those", "These", "This", "It",
          "Its", "They", "Which", "One", "Nobody", "Nothing", "Of", "Where", "When", "Why", "Both",
          "All", "None", "From", "Asked", "Told", "Same");

  private static final Pattern DOC = Pattern.compile("/\\*\\*[\\s*]*(\\w+)");

  /** Names that Drover no longer has: the field has a term for each. */
  private static final Set<String> PRIVATE_NAMES =
      Set.of(
          "Desk",
          "Claim",
          "Ticket",
          "Hold",
          "Place",
          "Presented",
          "Identified",
          "Vouched",
          "Joint",
          "RedisJoint",
          "Asking",
          "Link",
          "Rests",
          "Holdings",
          "Sync",
          "Parts",
          "Call",
          "Journey",
          "Journeys",
          "Opening",
          "Collecting",
          "Waiting",
          "Sent",
          "Answering",
          "Attempting",
          "Adopting",
          "Shadowing",
          "Bystander",
          "Step",
          "Handover",
          "Modes",
          "Settlement",
          "UsageOf",
          "Recording",
          "WishHeaders",
          "Pairing",
          "Ask",
          "Grounds",
          "Verdict",
          "Standing",
          "Remembered",
          "Retirement",
          "AtStart",
          "Announcer",
          "Reading",
          "AnswerReader",
          "AnswerHead",
          "AnswerFacts",
          "Excerpt",
          "Meaning",
          "Inbounds",
          "Outbounds",
          "Fields",
          "Hearing",
          "Rehearsal",
          "Sandbox",
          "Headroom",
          "Shown");

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(MAIN)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  @Test
  void docComments_beginWithTheThing_notWithAPronoun() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : sources()) {
      Matcher doc = DOC.matcher(Files.readString(file));
      while (doc.find()) {
        if (PRONOUNS.contains(doc.group(1))) {
          found.add(file + ": " + doc.group().replaceAll("[\\s*/]+", " "));
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void noTypeHasAPrivateName() throws IOException {
    assertThat(sources())
        .extracting(file -> file.getFileName().toString().replace(".java", ""))
        .doesNotContainAnyElementsOf(PRIVATE_NAMES);
  }

  @Test
  void namesOfDialects_standOnlyWhereDialectsAre() throws IOException {
    List<Path> others =
        sources().stream()
            .filter(file -> !file.startsWith(MAIN.resolve("dialect")))
            .filter(file -> !file.startsWith(MAIN.resolve("migrate")))
            .filter(file -> !file.startsWith(MAIN.resolve("tools")))
            .filter(file -> !file.endsWith("config/schema/DialectNames.java"))
            .filter(file -> !file.endsWith("config/schema/KindNames.java"))
            .toList();
    for (Path file : others) {
      assertThat(Files.readString(file))
          .as(file.toString())
          .doesNotContain("\"openai\"", "\"anthropic\"", "\"gemini\"");
    }
  }
}
