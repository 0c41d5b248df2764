package dev.drover.config.schema;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole file. Map keys keep their order: it is the preference wherever nothing else decides.
 */
public record GatewayConfig(
    @Key(doc = "The version of this file's shape.", min = "1", max = "1") int version,
    @Key(doc = "Where Drover listens and how it stops.", def = "{}") ServerConfig server,
    @Key(doc = "How Envoy is set up by `drover render`.", def = "{}") EnvoyConfig envoy,
    @Key(doc = "The memory that requests under way may take.", def = "{}") MemoryConfig memory,
    @Key(doc = "When a target counts as ill.", def = "{}") HealthConfig health,
    @Key(
            doc = "Price of one unit of another currency in USD, by its code. USD itself is 1.",
            def = "{}",
            min = "0.000001",
            max = "1000000",
            pattern = "[A-Z]{3}")
        Map<String, BigDecimal> currencies,
    @Key(
            doc =
                "A file of prices, made by `drover import prices`, for targets that say none. Its models take the place of the built-in ones.")
        @Nullable String priceList,
    @Key(doc = "The LLM APIs, by name.", pattern = Names.NAME)
        Map<String, ProviderConfig> providers,
    @Key(doc = "One model at one provider each, by name.", pattern = Names.NAME)
        Map<String, TargetConfig> targets,
    @Key(doc = "The models that clients ask for, by name.", pattern = Names.MODEL)
        Map<String, ModelConfig> models,
    @Key(doc = "What kinds of task there are and how they are told apart.", def = "{}")
        TasksConfig tasks,
    @Key(doc = "Keeping conversations where they are cached.", def = "{}") AffinityConfig affinity,
    @Key(doc = "Responses that providers store and clients come back to.", def = "{}")
        ResponsesConfig responses,
    @Key(doc = "Rules over who may do what; the first that holds decides.", def = "[]")
        List<PolicyConfig> policies,
    @Key(doc = "The teams that callers belong to, by name.", def = "{}", pattern = Names.NAME)
        Map<String, TeamConfig> teams,
    @Key(
            doc =
                "What keys and workloads are used for, by name; only those with limits or budgets.",
            def = "{}",
            pattern = Names.NAME)
        Map<String, TeamConfig> projects,
    @Key(
            doc = "Tags of policies that have budgets, as `name=value`, such as `centre=4711`.",
            def = "{}",
            pattern = "[a-z0-9][A-Za-z0-9._-]*=.+")
        Map<String, TagConfig> tags,
    @Key(doc = "The keys that clients identify themselves with.", def = "[]") List<KeyConfig> keys,
    @Key(doc = "Workloads that Envoy vouches for; they need no key.", def = "[]")
        List<WorkloadConfig> workloads,
    @Key(doc = "Callers that others vouch for.", def = "{}") IdentityConfig identity,
    @Key(
            doc =
                "Whether requests of nobody known are served. Without it, and without keys, workloads and `identity`: those of this machine only.")
        @Nullable Boolean anonymous,
    @Key(doc = "Where the record of every exchange is kept.", def = "{}") LedgerConfig ledger,
    @Key(
            doc =
                "Where several Drovers count limits and budgets together, and share kept answers and what they know of ill targets.")
        @Nullable RedisConfig redis,
    @Key(doc = "What people are told of, and where.", def = "{}") AlertsConfig alerts,
    @Key(doc = "Where spans are sent, and which.", def = "{}") TracesConfig traces) {
  /** Returns whether the config says who may call: callers, or whether anybody may. */
  public boolean saysWhoMayCall() {
    return anonymous != null
        || !keys.isEmpty()
        || !workloads.isEmpty()
        || identity.jwt() != null
        || identity.headers() != null;
  }

  /** Returns the address of Envoy's listener: of this machine only while anybody might call. */
  public String envoyListen() {
    if (envoy.listen() != null) {
      return envoy.listen();
    }
    return (saysWhoMayCall() ? "0.0.0.0" : "127.0.0.1") + ":8080";
  }
}
