package dev.drover.dialect.openai;

import dev.drover.dialect.json.JsonScanner;
import dev.drover.dialect.json.JsonScanner.Kind;
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
  private boolean totalStated;
  private boolean absurd;

  private UsageObject() {}

  /**
   * Reads the object that comes next.
   *
   * @param generates whether the answer has tokens of its own; else a total, which is all that some
   *     providers state of embeddings, is the prompt's
   * @return its status is {@link Usage.Status#COMPLETE}; null when the prompt's tokens or the
   *     answer's are neither stated nor what the total leaves, or are counts that cannot be
   */
  static @Nullable Usage read(JsonScanner in, boolean generates) {
    UsageObject usage = new UsageObject();
    usage.object(in);
    usage.outputStated |= !generates;
    usage.inferred();
    if (!usage.inputStated || !usage.outputStated || usage.absurd) {
      return null;
    }
    return new Usage(
        Usage.Status.COMPLETE,
        usage.input,
        usage.cached,
        usage.written,
        0,
        usage.output,
        usage.reasoning,
        usage.total);
  }

  /** Some leave out one of the three, a zero for one. */
  private void inferred() {
    if (totalStated && inputStated != outputStated && total >= input + output) {
      input = inputStated ? input : total - output;
      output = outputStated ? output : total - input;
      inputStated = true;
      outputStated = true;
    }
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
        totalStated = in.peek() == Kind.NUMBER;
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
