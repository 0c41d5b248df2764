package dev.drover.dialect.response;

import dev.drover.json.JsonScanner;
import dev.drover.json.JsonScanner.Kind;
import dev.drover.types.ServiceTier;
import dev.drover.types.Usage;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads an object with token counts, under the names of all providers: OpenAI's chat and Responses
 * APIs, Anthropic, Gemini, Bedrock, DeepSeek, Ollama, and gateways to them.
 */
public final class UsageObject {
  /** More than any context holds by two orders: such a count is a mistake of its maker's. */
  private static final long MOST_TOKENS = 1_000_000_000;

  /** The name of the tier that served a request. */
  public static final String TIER = "service_tier";

  /** The kinds of counts. */
  private enum Count {
    INPUT,
    OUTPUT,
    TOTAL,
    TOOL_USE,
    CACHED,
    WRITTEN,
    WRITTEN_5M,
    WRITTEN_1H,
    REASONING
  }

  private static final Map<String, Count> NAMES = new HashMap<>();

  /** The counts that are parts of a side. */
  private static final Set<Count> PARTS = EnumSet.range(Count.CACHED, Count.REASONING);

  /** The objects within a usage object whose counts are parts of its own. */
  private static final Set<String> DETAILS =
      Set.of(
          "prompt_tokens_details",
          "completion_tokens_details",
          "input_tokens_details",
          "output_tokens_details",
          "input_token_details",
          "output_token_details",
          "cache_creation");

  static {
    names(Count.INPUT, "prompt_tokens", "input_tokens", "promptTokenCount", "inputTokens");
    names(Count.INPUT, "prompt_eval_count");
    names(Count.OUTPUT, "completion_tokens", "output_tokens", "candidatesTokenCount");
    names(Count.OUTPUT, "outputTokens", "eval_count");
    names(Count.TOTAL, "total_tokens", "totalTokenCount", "totalTokens");
    names(Count.CACHED, "cached_tokens", "prompt_cache_hit_tokens", "cache_read_input_tokens");
    names(Count.CACHED, "cachedContentTokenCount", "cacheReadInputTokens", "num_cached_tokens");
    names(Count.CACHED, "cache_read_tokens", "cacheReadInputTokenCount");
    names(Count.WRITTEN, "cache_write_tokens", "cache_creation_input_tokens");
    names(Count.WRITTEN, "cacheWriteInputTokens", "cache_creation_tokens");
    names(Count.WRITTEN, "cacheWriteInputTokenCount");
    names(Count.WRITTEN_5M, "ephemeral_5m_input_tokens");
    names(Count.WRITTEN_1H, "ephemeral_1h_input_tokens");
    names(Count.REASONING, "reasoning_tokens", "thoughtsTokenCount", "thinking_tokens");
    names(Count.TOOL_USE, "toolUsePromptTokenCount");
  }

  private static void names(Count count, String... names) {
    for (String name : names) {
      NAMES.put(name, count);
    }
  }

  private final Map<Count, Long> counts = new EnumMap<>(Count.class);
  private boolean inputTokens;
  private boolean cacheRead;
  private boolean thoughts;
  private boolean absurd;
  private @Nullable ServiceTier tier;

  private UsageObject() {}

  /**
   * Returns an object that says which tier served, and nothing of tokens. Most providers say so
   * beside their usage.
   */
  public static UsageObject served(String tier) {
    UsageObject usage = new UsageObject();
    usage.tier = ServiceTier.named(tier);
    return usage;
  }

  /** Reads Bedrock's object with the tier that served. */
  public static UsageObject bedrocksTier(JsonScanner in) {
    UsageObject usage = new UsageObject();
    in.beginObject();
    while (in.nextField()) {
      if (in.keyIs("type") && in.peek() == Kind.STRING) {
        usage.tier = ServiceTier.named(in.string());
      } else {
        in.skip();
      }
    }
    return usage;
  }

  /** Reads the object that comes next. */
  public static UsageObject read(JsonScanner in) {
    UsageObject usage = new UsageObject();
    usage.object(in);
    return usage;
  }

  /**
   * Returns whether the object states a count above zero, and no count that is negative or above
   * {@value #MOST_TOKENS}. Zeros alone are a placeholder: each request has a token.
   *
   * @param generates as for {@link #usage}
   */
  boolean stated(boolean generates) {
    boolean any = of(Count.INPUT) > 0 || of(Count.OUTPUT) > 0;
    boolean total = of(Count.TOTAL) > 0 && (!generates || has(Count.INPUT) || has(Count.OUTPUT));
    return !absurd && (any || total);
  }

  /**
   * Returns the counts that two objects of one stream state together. Some providers count the
   * prompt in the first event and the response in the last. A count never falls, so the larger one
   * is kept.
   */
  UsageObject and(UsageObject other) {
    UsageObject both = new UsageObject();
    both.counts.putAll(counts);
    other.counts.forEach((count, tokens) -> both.counts.merge(count, tokens, Math::max));
    both.inputTokens = inputTokens || other.inputTokens;
    both.cacheRead = cacheRead || other.cacheRead;
    both.thoughts = thoughts || other.thoughts;
    both.tier = other.tier == null ? tier : other.tier;
    return both;
  }

  /**
   * Returns the counts under one contract. What is a part of what is told by the totals: a total
   * that equals prompt and response has caches and reasoning within, one that exceeds them by some
   * of these has those apart. Without a total, Anthropic's names and a part that is larger than its
   * whole mean apart.
   *
   * <p>A rest that no statement explains is the response's where no other part is stated, as
   * gateways to Gemini leave thoughts out. Else it is plain prompt, the cheapest kind.
   *
   * @param generates whether the answer has tokens of its own; else a total, which is all that some
   *     providers state of embeddings, is the prompt's
   * @return its status is {@link Usage.Status#COMPLETE}; null when the prompt's tokens or the
   *     answer's are neither stated nor what the total leaves
   */
  @Nullable Usage usage(boolean generates) {
    long total = of(Count.TOTAL);
    boolean inputKnown =
        of(Count.INPUT) > 0
            || (has(Count.INPUT) && cachePart() > 0)
            || (total > 0 && (has(Count.OUTPUT) || !generates));
    boolean outputKnown = has(Count.OUTPUT) || !generates || (total > 0 && has(Count.INPUT));
    if (!inputKnown || !outputKnown) {
      return null;
    }
    long output = generates && !has(Count.OUTPUT) ? 0 : of(Count.OUTPUT);
    boolean stated = of(Count.INPUT) > 0 || cachePart() > 0;
    long input = Math.max(0, stated ? of(Count.INPUT) + toolUse(output) : total - output);
    if (generates && !has(Count.OUTPUT)) {
      output = Math.max(0, total - input);
    }
    return counted(input, output, generates);
  }

  private Usage counted(long input, long output, boolean generates) {
    long total = of(Count.TOTAL);
    long cached = of(Count.CACHED);
    long written = written();
    long reasoning = of(Count.REASONING);
    long rest = total - input - output;
    long cacheApart = 0;
    long reasoningApart = 0;
    if (total > 0 && rest <= 0) {
      cacheApart = cached + written > input ? cached + written - input : 0;
    } else if (total > 0) {
      Apart apart = Apart.of(rest, cached, written, reasoning);
      cacheApart = apart.cache();
      reasoningApart = apart.reasoning();
      long unexplained = rest - cacheApart - reasoningApart;
      boolean only = cached + written + reasoning == 0;
      reasoningApart += only && generates ? unexplained : 0;
      cacheApart += only && generates ? 0 : unexplained;
    } else {
      boolean apart = cached + written > input || (inputTokens && cacheRead);
      cacheApart = apart ? cached + written : 0;
      reasoningApart = reasoning > output || thoughts ? reasoning : 0;
    }
    return new Usage(
        Usage.Status.COMPLETE,
        input + cacheApart,
        cached,
        written - of(Count.WRITTEN_1H),
        of(Count.WRITTEN_1H),
        output + reasoningApart,
        reasoning,
        total,
        tier == null ? ServiceTier.STANDARD : tier);
  }

  /**
   * The parts that a total counts beside prompt and response.
   *
   * @param cache tokens read from or written to a cache
   * @param reasoning tokens of thoughts
   */
  private record Apart(long cache, long reasoning) {
    /** Finds the parts that explain a rest; none when none do. */
    static Apart of(long rest, long cached, long written, long reasoning) {
      for (long thoughts : new long[] {0, reasoning}) {
        for (long cache : new long[] {0, cached, written, cached + written}) {
          if (cache + thoughts == rest) {
            return new Apart(cache, thoughts);
          }
        }
      }
      return new Apart(0, 0);
    }
  }

  /** Gemini counts the results of tools beside the prompt. */
  private long toolUse(long output) {
    long room = of(Count.TOTAL) - of(Count.INPUT) - output;
    return room >= of(Count.TOOL_USE) ? of(Count.TOOL_USE) : 0;
  }

  private long cachePart() {
    return of(Count.CACHED) + written();
  }

  private long written() {
    return Math.max(of(Count.WRITTEN), of(Count.WRITTEN_5M) + of(Count.WRITTEN_1H));
  }

  private long of(Count count) {
    return counts.getOrDefault(count, 0L);
  }

  private boolean has(Count count) {
    return counts.containsKey(count);
  }

  private void object(JsonScanner in) {
    in.beginObject();
    while (in.nextField()) {
      String name = in.key();
      Count count = NAMES.get(name);
      if (count != null && in.peek() == Kind.NUMBER) {
        inputTokens |= name.equals("input_tokens");
        cacheRead |= name.startsWith("cache_read_input") || name.startsWith("cache_creation_input");
        thoughts |= name.equals("thoughtsTokenCount");
        take(count, in.integer());
      } else if (DETAILS.contains(name) && in.peek() == Kind.OBJECT) {
        details(in);
      } else if (TIER.equals(name) && in.peek() == Kind.STRING) {
        tier = ServiceTier.named(in.string());
      } else {
        in.skip();
      }
    }
  }

  /** Reads the parts of a side; a count of the whole side is not among them. */
  private void details(JsonScanner in) {
    in.beginObject();
    while (in.nextField()) {
      Count count = NAMES.get(in.key());
      if (count != null && PARTS.contains(count) && in.peek() == Kind.NUMBER) {
        take(count, in.integer());
      } else {
        in.skip();
      }
    }
  }

  private void take(Count count, long tokens) {
    absurd |= tokens < 0 || tokens > MOST_TOKENS;
    counts.merge(count, tokens, Math::max);
  }
}
