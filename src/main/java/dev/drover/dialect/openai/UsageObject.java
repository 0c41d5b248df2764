package dev.drover.dialect.openai;

import dev.drover.json.JsonScanner;
import dev.drover.json.JsonScanner.Kind;
import dev.drover.types.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@code usage} object. Knows the fields of OpenAI and what compatible providers add:
 * DeepSeek's {@code prompt_cache_hit_tokens}, and the cache-write counts of gateways that pass on
 * Anthropic's.
 */
final class UsageObject {
  /** More than any context holds by two orders: such a count is a mistake of its maker's. */
  private static final long MOST_TOKENS = 1_000_000_000;

  private long input;
  private long output;
  private long total;
  private long cached;
  private long written;
  private long reasoning;
  private boolean inputStated;
  private boolean outputStated;
  private boolean absurd;

  private UsageObject() {}

  /** Reads the object that comes next. */
  static UsageObject read(JsonScanner in) {
    UsageObject usage = new UsageObject();
    usage.object(in);
    return usage;
  }

  /**
   * Returns whether the object states a count, and no count that is negative or above {@value
   * #MOST_TOKENS}.
   *
   * @param generates as for {@link #usage}
   */
  boolean stated(boolean generates) {
    return !absurd && (inputStated || outputStated || (!generates && total > 0));
  }

  /**
   * Returns the counts that two objects of one stream state together. Some providers count the
   * prompt in the first event and the response in the last. A count never falls, so the larger one
   * is kept.
   */
  UsageObject and(UsageObject other) {
    UsageObject both = new UsageObject();
    both.input = Math.max(input, other.input);
    both.output = Math.max(output, other.output);
    both.total = Math.max(total, other.total);
    both.cached = Math.max(cached, other.cached);
    both.written = Math.max(written, other.written);
    both.reasoning = Math.max(reasoning, other.reasoning);
    both.inputStated = inputStated || other.inputStated;
    both.outputStated = outputStated || other.outputStated;
    return both;
  }

  /**
   * The counts under one contract. A total that is more than its parts has what a provider leaves
   * out of them: reasoning, as xAI and gateways to Gemini do, or what its cache read and wrote, as
   * Anthropic does.
   *
   * @param generates whether the answer has tokens of its own; else a total, which is all that some
   *     providers state of embeddings, is the prompt's
   * @return its status is {@link Usage.Status#COMPLETE}; null when the prompt's tokens or the
   *     answer's are neither stated nor what the total leaves
   */
  @Nullable Usage usage(boolean generates) {
    boolean inputKnown = inputStated || (total > 0 && (outputStated || !generates));
    boolean outputKnown = outputStated || !generates || (total > 0 && inputStated);
    if (!inputKnown || !outputKnown) {
      return null;
    }
    long in = inputStated ? input : Math.max(0, total - output);
    long out = outputStated || !generates ? output : Math.max(0, total - in);
    long more = generates ? Math.max(0, total - in - out) : 0;
    boolean ofAnswer = reasoning == more || (reasoning == 0 && cached + written != more);
    boolean ofPrompt = !ofAnswer && cached + written == more;
    boolean apart = total == 0 && reasoning > out;
    return new Usage(
        Usage.Status.COMPLETE,
        ofPrompt ? in + more : in,
        cached,
        written,
        0,
        apart ? out + reasoning : ofAnswer ? out + more : out,
        reasoning,
        total);
  }

  private void object(JsonScanner in) {
    in.beginObject();
    while (in.nextField()) {
      if (in.keyIs("prompt_tokens")) {
        inputStated = in.peek() == Kind.NUMBER;
        input = count(in);
      } else if (in.keyIs("completion_tokens")) {
        outputStated = in.peek() == Kind.NUMBER;
        output = count(in);
      } else if (in.keyIs("total_tokens")) {
        total = count(in);
      } else if (in.keyIs("cached_tokens") || in.keyIs("prompt_cache_hit_tokens")) {
        cached = Math.max(cached, count(in));
      } else if (in.keyIs("cache_write_tokens") || in.keyIs("cache_creation_input_tokens")) {
        written = Math.max(written, count(in));
      } else if (in.keyIs("reasoning_tokens")) {
        reasoning = count(in);
      } else if (details(in)) {
        object(in);
      } else {
        in.skip();
      }
    }
  }

  private static boolean details(JsonScanner in) {
    return (in.keyIs("prompt_tokens_details") || in.keyIs("completion_tokens_details"))
        && in.peek() == Kind.OBJECT;
  }

  private long count(JsonScanner in) {
    if (in.peek() == Kind.NUMBER) {
      long tokens = in.integer();
      absurd |= tokens < 0 || tokens > MOST_TOKENS;
      return tokens;
    }
    in.skip();
    return 0;
  }
}
