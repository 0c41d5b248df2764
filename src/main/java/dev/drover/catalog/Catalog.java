package dev.drover.catalog;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.ModelConfig;
import dev.drover.config.schema.ProviderConfig;
import dev.drover.config.schema.TargetConfig;
import dev.drover.credential.AuthScheme;
import dev.drover.credential.CredentialPool;
import dev.drover.credential.Credentials;
import dev.drover.dialect.Dialect;
import dev.drover.dialect.Dialects;
import dev.drover.types.NamePatterns;
import java.net.URI;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Everything that can be asked for and everything that can answer. Immutable. */
public final class Catalog {
  private static final String DEFAULT_ALIAS = "default";
  private static final String WILDCARD = "*";

  private final Map<String, Target> targets;
  private final Map<String, Target> byId = new HashMap<>();
  private final Map<String, Model> models;
  private final boolean wildcards;
  private final Map<String, Model> names;
  private final NamePatterns forwardedHeaders;
  private final Provider.HeaderRoom providerHeaderRoom;
  private final Set<String> providerHeaders = new LinkedHashSet<>();

  private Catalog(
      Map<String, Target> targets, Map<String, Model> models, Map<String, Model> names) {
    this.targets = Collections.unmodifiableMap(targets);
    for (Target target : targets.values()) {
      byId.put(target.id(), target);
      providerHeaders.addAll(target.provider().headers().keySet());
      providerHeaders.add(target.provider().auth().header());
      providerHeaders.addAll(target.provider().credentials().headers());
    }
    List<NamePatterns> forwarded =
        targets.values().stream().map(target -> target.provider().forwards()).toList();
    this.forwardedHeaders =
        new NamePatterns(
            forwarded.stream().flatMap(each -> each.names().stream()).collect(Collectors.toSet()),
            forwarded.stream().flatMap(each -> each.prefixes().stream()).distinct().toList());
    List<Provider.HeaderRoom> rooms =
        targets.values().stream().map(target -> target.provider().headerRoom()).toList();
    this.providerHeaderRoom =
        new Provider.HeaderRoom(
            rooms.stream().mapToInt(Provider.HeaderRoom::headers).max().orElse(0),
            rooms.stream().mapToInt(Provider.HeaderRoom::bytes).max().orElse(0));
    this.models = Collections.unmodifiableMap(models);
    this.names = Collections.unmodifiableMap(names);
    this.wildcards = names.keySet().stream().anyMatch(name -> name.endsWith(WILDCARD));
  }

  /**
   * Compiles a sound config.
   *
   * @param credentials where credentials are looked up; outlives this catalog
   */
  public static Catalog compile(GatewayConfig config, Credentials credentials) {
    Map<String, Provider> providers = new LinkedHashMap<>();
    config.providers().forEach((name, c) -> providers.put(name, provider(name, c, credentials)));
    Map<String, Target> targets = new LinkedHashMap<>();
    config.targets().forEach((name, c) -> targets.put(name, target(name, c, providers, config)));
    boolean fallbacks = config.envoy().fallbacks();
    Map<String, Model> models = new LinkedHashMap<>();
    Map<String, Model> names = new LinkedHashMap<>();
    config.models().forEach((name, c) -> models.put(name, model(name, c, targets, fallbacks)));
    names.putAll(models);
    config
        .models()
        .forEach((name, c) -> c.aliases().forEach(alias -> names.put(alias, models.get(name))));
    return new Catalog(targets, models, names);
  }

  /**
   * Returns the model behind a name or alias: the model of that name, else the one with the longest
   * alias that is a beginning of it, else the one aliased {@code default}, else null.
   */
  public @Nullable Model model(String name) {
    Model model = names.get(name);
    if (model == null && wildcards) {
      for (int end = name.length(); end > 0 && model == null; end--) {
        model = names.get(name.substring(0, end) + WILDCARD);
      }
    }
    return model != null ? model : names.get(DEFAULT_ALIAS);
  }

  public @Nullable Target target(String name) {
    return targets.get(name);
  }

  /** The target with this {@link Target#id}, or null. */
  public @Nullable Target targetById(String id) {
    return byId.get(id);
  }

  /** The names of the clusters that Envoy must have: each says what its endpoints are. */
  public Set<String> clusters() {
    Set<String> clusters = new LinkedHashSet<>();
    models
        .values()
        .forEach(model -> model.plans().all().forEach(plan -> clusters.add(plan.name())));
    shadows().forEach(shadow -> clusters.add(shadow.shadowCluster()));
    return clusters;
  }

  /** Names and aliases that clients can ask for: models first, then aliases. */
  public Set<String> modelNames() {
    return names.keySet();
  }

  /** Returns the names worth listing: all that stand for themselves. */
  public List<String> listedNames() {
    return names.keySet().stream()
        .filter(name -> !name.equals(DEFAULT_ALIAS) && !name.endsWith(WILDCARD))
        .toList();
  }

  public Collection<Model> models() {
    return models.values();
  }

  /** The names of the headers that providers are sent, any of them. */
  public Set<String> providerHeaders() {
    return Collections.unmodifiableSet(providerHeaders);
  }

  /** Returns the headers of clients that one provider or another gets by its config. */
  public NamePatterns forwardedHeaders() {
    return forwardedHeaders;
  }

  /** Returns the room that the headers of any one provider take at most. */
  public Provider.HeaderRoom providerHeaderRoom() {
    return providerHeaderRoom;
  }

  public Collection<Target> targets() {
    return targets.values();
  }

  private static Provider provider(String name, ProviderConfig c, Credentials credentials) {
    URI url = URI.create(c.baseUrl());
    boolean tls = url.getScheme().equals("https");
    int usual = tls ? 443 : 80;
    int port = url.getPort() >= 0 ? url.getPort() : usual;
    String host = url.getHost().toLowerCase(Locale.ROOT);
    String path = url.getRawPath() == null ? "" : url.getRawPath().replaceAll("/+$", "");
    List<Dialect> dialects =
        c.dialect().stream().map(each -> Dialects.named(each).orElseThrow()).toList();
    AuthScheme auth =
        AuthScheme.named(c.auth() == null ? dialects.getFirst().provider().auth() : c.auth());
    CredentialPool pool = credentials.pool(c.credentials(), auth, host, c.region());
    return new Provider(
        name,
        tls,
        host,
        port,
        port == usual ? host : host + ":" + port,
        path,
        dialects,
        c.paths(),
        c.apiVersion() == null ? "" : c.apiVersion(),
        pool,
        auth,
        c.headers(),
        NamePatterns.of(c.forwardHeaders()),
        Set.copyOf(c.refuses()),
        c.passthrough());
  }

  private static Target target(
      String name, TargetConfig c, Map<String, Provider> providers, GatewayConfig config) {
    Provider provider = present(providers, c.provider()).serving(c.model());
    return new Target(
        name,
        provider,
        c.model(),
        Prices.compile(
            Objects.requireNonNull(c.price(), "filled in when the config is loaded"),
            config.currencies()),
        c.contextWindow(),
        c.defaultOutputBound(),
        c.timeout().toMillis(),
        Set.copyOf(c.supports()),
        c.streamUsage() && !provider.refuses().contains("stream_options"),
        c.capacity(),
        c.quality(),
        c.enabled());
  }

  private static Model model(
      String name, ModelConfig c, Map<String, Target> targets, boolean fallbacks) {
    List<Target> own = c.targets().stream().map(target -> present(targets, target)).toList();
    PlanClusters plans = new PlanClusters(name, own, fallbacks ? c.maxAttempts() : 1);
    long hedge = c.hedgeAfter() == null || !fallbacks ? 0 : c.hedgeAfter().toMillis();
    return new Model(
        name,
        own,
        c.strategy(),
        c.weights(),
        c.timeout().toMillis(),
        hedge,
        c.affinity(),
        shadow(c, targets),
        c.cache() == null
            ? null
            : new Caching(
                c.cache().ttl().toNanos(), c.cache().shared(), c.cache().maxAnswer().toInt()),
        c.translation().strict(),
        plans);
  }

  private static @Nullable Shadow shadow(ModelConfig c, Map<String, Target> targets) {
    return c.shadow() == null
        ? null
        : new Shadow(present(targets, c.shadow().target()), c.shadow().share());
  }

  /** The targets that get copies of requests, each once. */
  public List<Target> shadows() {
    return models.values().stream()
        .map(Model::shadow)
        .filter(Objects::nonNull)
        .map(Shadow::target)
        .distinct()
        .toList();
  }

  private static <T> T present(Map<String, T> map, String name) {
    T found = map.get(name);
    if (found == null) {
      throw new IllegalStateException(
          name + ": missing (expected: a config whose references were checked)");
    }
    return found;
  }
}
