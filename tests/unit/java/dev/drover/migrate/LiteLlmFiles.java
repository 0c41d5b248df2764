package dev.drover.migrate;

import dev.drover.json.Yaml;
import dev.drover.testing.Cases;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Random proxy configs: what LiteLLM takes, and what people write by mistake. The key of the
 * deployment at place N is in the variable KEY_N, or is the text sk-secret-N.
 */
final class LiteLlmFiles {
  private static final List<String> GROUPS =
      words(
          "gpt|smart|cheap|backup|4|010|null|true|1e3|0x1F|1_000|1:30|on|"
              + "2026-01-01|a/b:c@d|default|gpt 4o (EU)|@cf/meta/llama|ünï|漢|a\nb||~|*|"
              + "openai/*");

  private static final List<String> PREFIXES =
      words(
          "|openai/|openai/|openai/|deepseek/|mistral/|groq/|together_ai/|"
              + "fireworks_ai/|openrouter/|xai/|moonshot/|gemini/|hosted_vllm/|"
              + "openai_like/|litellm_proxy/|anthropic/|azure/|bedrock/|nobody/|"
              + "text-completion-openai/");

  private static final List<String> NAMES =
      words(
          "gpt-4o|gpt-4o-mini|gpt-4.1|gpt-3.5-turbo|gpt-4-0613|o3-mini|"
              + "claude-sonnet-4-5|gemini-2.5-pro|deepseek-v4-flash|llama-3|a/b/c|modèle|"
              + "my model|text-embedding-3-small|whisper-1|*||010|null|0x1F|1e3|UPPER|"
              + "-dash|gpt-4-internal");

  private static final List<Object> NUMBERS =
      List.of(
          0,
          1,
          2,
          3,
          7,
          30,
          100,
          900,
          5_000_000_000L,
          new BigInteger("9".repeat(40)),
          -1,
          0.5,
          0.05,
          0.9,
          0.1,
          2.5,
          7200,
          new BigDecimal("0.00000000000000000001"),
          "100",
          "0.4",
          "1e3",
          "1e400",
          "9".repeat(90),
          "abc",
          "",
          "os.environ/N",
          "os.environ/SET",
          true,
          List.of(1),
          Map.of("a", 1));

  private static final List<Object> ADDRESSES =
      List.of(
          "https://one.example/v1",
          "http://two.example:8000/v1/",
          "https://three.example",
          "http://[::1]:8000/v1",
          "http://10.0.0.5:1/v1",
          "https://user:hunter2@four.example/v1",
          "HTTPS://five.example/v1/chat/completions",
          "https://six.example/v1/@cf/x",
          "https://seven.example/v1?key=hunter2",
          "http://my_host:8000/v1",
          "ftp://eight.example",
          "https://nine.example:99999/v1",
          "os.environ/BASE",
          "os.environ/SET_BASE",
          "",
          "nonsense",
          "https://ünï.example/v1",
          "https://ten.example/é",
          5,
          List.of("https://x.example"));

  private static final List<Object> PERIODS =
      List.of("30s", "15m", "1h", "1d", "7d", "30d", "1mo", "2w", "1y", "soon", "os.environ/P", 30);

  private final RandomGenerator random;

  /** True when the names are such that most deployments can be taken over. */
  private final boolean plain;

  private LiteLlmFiles(RandomGenerator random) {
    this.random = random;
    this.plain = random.nextBoolean();
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>(List.of(text.split("\\|", -1)));
    words.add("x".repeat(150));
    return words;
  }

  /** Returns the tree of a file. */
  static Map<String, Object> random(RandomGenerator random) {
    return new LiteLlmFiles(random).file();
  }

  /** Returns the text of a tree. */
  static String text(Map<String, Object> file) {
    return Yaml.writeJson(file);
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private boolean once(int in) {
    return random.nextInt(in) == 0;
  }

  private String group() {
    return once(30)
        ? Cases.text(random, 12)
        : any(plain || once(3) ? GROUPS.subList(0, 4) : GROUPS);
  }

  private void maybe(Map<String, Object> to, int in, String key, @Nullable Object value) {
    if (once(in)) {
      to.put(key, value);
    }
  }

  private Map<String, Object> file() {
    Map<String, Object> file = new LinkedHashMap<>();
    List<Object> deployments = new ArrayList<>();
    int most = 1 + random.nextInt(once(4) ? 25 : 8);
    for (int at = 0; at < most; at++) {
      deployments.add(once(60) ? Cases.text(random, 9) : deployment(at));
    }
    file.put("model_list", deployments);
    maybe(file, 2, "router_settings", once(40) ? "none" : router());
    maybe(file, 2, "litellm_settings", general());
    maybe(file, 4, "environment_variables", variables());
    maybe(file, 4, "credential_list", List.of(credential()));
    maybe(file, 9, "general_settings", Map.of("master_key", "sk-secret-master"));
    maybe(file, 40, "include", List.of("more.yaml"));
    maybe(file, 20, Cases.text(random, 9), Cases.text(random, 9));
    return file;
  }

  private Map<String, Object> deployment(int at) {
    Map<String, Object> params = new LinkedHashMap<>();
    params.put("model", once(40) ? 5 : (plain ? "openai/gpt-4" : any(PREFIXES)) + any(NAMES));
    params.put("api_key", once(4) ? "sk-secret-" + at : "os.environ/KEY_" + at);
    maybe(params, 3, "api_base", any(ADDRESSES));
    maybe(params, 9, "base_url", any(ADDRESSES));
    maybe(params, 30, "api_base", null);
    maybe(params, 3, "weight", any(NUMBERS));
    maybe(params, 4, "rpm", any(NUMBERS));
    maybe(params, 4, "tpm", any(NUMBERS));
    maybe(params, 4, "max_parallel_requests", any(NUMBERS));
    maybe(params, 3, "timeout", any(NUMBERS));
    maybe(params, 3, "input_cost_per_token", any(NUMBERS));
    maybe(params, 3, "output_cost_per_token", any(NUMBERS));
    maybe(params, 9, "litellm_credential_name", any(List.of("known", "unknown")));
    maybe(params, 20, "custom_llm_provider", any(List.of("openai", "anthropic", "deepseek")));
    maybe(params, 30, "mock_response", "hello");
    maybe(params, 20, Cases.text(random, 9), Cases.text(random, 9));
    Map<String, Object> info = new LinkedHashMap<>();
    maybe(info, 5, "mode", any(List.of("chat", "chat", "chat", "embedding", "rerank", "", 5)));
    maybe(info, 5, "cache_read_input_token_cost", any(NUMBERS));
    maybe(info, 9, "base_model", any(NAMES));
    Map<String, Object> deployment = new LinkedHashMap<>();
    deployment.put("model_name", once(40) ? List.of(1) : group());
    deployment.put("litellm_params", params);
    maybe(deployment, 2, "model_info", info);
    return deployment;
  }

  private Map<String, Object> router() {
    Map<String, Object> router = new LinkedHashMap<>();
    maybe(
        router,
        2,
        "routing_strategy",
        any(
            List.of(
                "simple-shuffle",
                "least-busy",
                "cost-based-routing",
                "latency-based-routing",
                "x",
                5)));
    maybe(router, 2, "num_retries", any(NUMBERS));
    maybe(router, 3, "timeout", any(NUMBERS));
    maybe(router, 3, "cooldown_time", any(NUMBERS));
    maybe(router, 3, "allowed_fails", any(NUMBERS));
    maybe(router, 3, "fallbacks", fallbacks());
    maybe(router, 5, "default_fallbacks", once(9) ? "gpt" : List.of(group(), group()));
    maybe(router, 3, "model_group_alias", aliases());
    maybe(router, 9, "default_litellm_params", Map.of("timeout", any(NUMBERS)));
    return router;
  }

  private Map<String, Object> general() {
    Map<String, Object> general = new LinkedHashMap<>();
    maybe(general, 3, "fallbacks", fallbacks());
    maybe(general, 3, "num_retries", any(NUMBERS));
    maybe(general, 3, "request_timeout", any(NUMBERS));
    maybe(general, 3, "max_budget", any(NUMBERS));
    maybe(general, 2, "budget_duration", any(PERIODS));
    maybe(general, 4, "cache", any(List.of(true, true, false, "True", "os.environ/CACHE", 1)));
    maybe(general, 4, "cache_params", Map.of("ttl", any(NUMBERS), "type", "redis"));
    maybe(general, 9, "api_base", any(ADDRESSES));
    maybe(general, 9, Cases.text(random, 9), Cases.text(random, 9));
    return general;
  }

  private Map<String, Object> variables() {
    Map<String, Object> variables = new LinkedHashMap<>();
    variables.put("SET", any(NUMBERS));
    variables.put("SET_BASE", "https://variable.example/v1");
    maybe(variables, 3, "OPENAI_API_BASE", any(ADDRESSES));
    return variables;
  }

  private Map<String, Object> credential() {
    Map<String, Object> values = new LinkedHashMap<>();
    maybe(values, 2, "api_base", "https://credential.example/v1");
    maybe(values, 2, "api_key", "sk-secret-credential");
    return Map.of("credential_name", "known", "credential_values", values);
  }

  private Object fallbacks() {
    List<Object> fallbacks = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      Object to = once(9) ? Map.of("model", group(), "messages", List.of()) : group();
      fallbacks.add(once(30) ? "x" : Map.of(once(9) ? "*" : group(), List.of(to, group())));
    }
    return once(30) ? Map.of("a", "b") : fallbacks;
  }

  private Object aliases() {
    Map<String, Object> aliases = new LinkedHashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      aliases.put(
          once(2) ? group() : "alias-" + i,
          once(4) ? Map.of("model", group(), "hidden", true) : group());
    }
    return once(30) ? List.of("a") : aliases;
  }
}
