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
  private boolean stated;
  private boolean absurd;

  private UsageObject() {}

  /**
   * Reads the object that comes next.
   *
   * @param generates whether the answer has tokens of its own; else a total, which is all that some
   *     providers state of embeddings, is the prompt's
   * @return its status is {@link Usage.Status#COMPLETE}; null when it states neither the prompt's
   *     tokens nor the answer's, whatever else it says, or counts that cannot be
   */
  static @Nullable Usage read(JsonScanner in, boolean generates) {
    UsageObject usage = new UsageObject();
    usage.object(in);
    if (!generates && !usage.stated && usage.total > 0) {
      usage.input = usage.total;
      usage.stated = true;
    }
    if (!usage.stated || usage.absurd) {
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

  private void object(JsonScanner in) {
    in.beginObject();
    while (in.nextField()) {
      if (in.keyIs("prompt_tokens")) {
        input = stated(in);
      } else if (in.keyIs("completion_tokens")) {
        output = stated(in);
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

  private long stated(JsonScanner in) {
    stated |= in.peek() == Kind.NUMBER;
    return count(in);
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
