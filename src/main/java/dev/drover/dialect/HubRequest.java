package dev.drover.dialect;

import dev.drover.dialect.chat.ChatRequest;
import dev.drover.dialect.chat.Losses;
import dev.drover.dialect.chat.ToolNames;
import dev.drover.json.Json;
import dev.drover.json.MalformedJson;
import dev.drover.types.Bytes;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A chat request of a client, to be written in the APIs of providers. Read as a whole when that is
 * first needed; what was written last is kept, since the target that is tried first was asked about
 * before. Thread-safe.
 */
public final class HubRequest {
  /** Names of fields that may stand in a header. */
  private static final String SHOWN = "[A-Za-z0-9_.-]{1,60}";

  private static final int MOST_SHOWN = 20;

  private final ClientApi client;
  private final @Nullable RequestFacts facts;
  private Bytes body;
  private @Nullable ChatRequest request;
  private final Losses losses = new Losses();
  private ToolNames tools = ToolNames.NONE;
  private @Nullable Written last;
  private List<String> dropped = List.of();

  /**
   * A request in the API of a provider.
   *
   * @param losses what of the client's request it does not carry
   */
  public record Written(
      ProviderApi provider,
      TargetModel target,
      String basePath,
      UpstreamRequest request,
      Losses losses) {
    /** Returns the names of the fields that are left out. */
    public Set<String> dropped() {
      return losses.dropped();
    }
  }

  /** The request of a client that no provider of another API gets. */
  public static final HubRequest NONE = new HubRequest();

  private HubRequest() {
    this.client = Dialects.usual();
    this.facts = null;
    this.body = Bytes.EMPTY;
  }

  /**
   * @param facts as the client's API read them
   * @param body a chat request that the client's API took
   */
  public HubRequest(ClientApi client, RequestFacts facts, Bytes body) {
    this.client = client;
    this.facts = facts;
    this.body = body;
  }

  /** Returns the request in the API of a provider. */
  public synchronized Written written(ProviderApi provider, TargetModel target, String basePath) {
    Written before = last;
    if (before != null
        && before.provider().name().equals(provider.name())
        && before.target().equals(target)
        && before.basePath().equals(basePath)) {
      return before;
    }
    Losses all = new Losses();
    ChatRequest read = read();
    all.addAll(losses);
    Written fresh =
        new Written(provider, target, basePath, provider.encode(read, target, basePath, all), all);
    last = fresh;
    dropped = all.dropped().stream().filter(name -> name.matches(SHOWN)).limit(MOST_SHOWN).toList();
    return fresh;
  }

  private ChatRequest read() {
    ChatRequest known = request;
    if (known != null) {
      return known;
    }
    Json tree;
    try {
      tree = Json.parse(body);
    } catch (MalformedJson _) { // an object that names a member twice, for one
      losses.refuse("body");
      tree = Json.MISSING;
    }
    if (facts == null) {
      throw new IllegalStateException("hub: no request (expected: one to be translated)");
    }
    ClientApi form =
        facts.bodyApi() == null ? client : Dialects.clientNamed(facts.bodyApi()).orElse(client);
    ChatRequest read = form.read(facts, tree, losses);
    tools = ToolNames.of(read.tools());
    request = read;
    return read;
  }

  /** Returns whether targets of the request's model speak other APIs than the client. */
  boolean mixed() {
    return facts != null;
  }

  /** Returns the names under which providers know the tools. */
  public synchronized ToolNames tools() {
    return tools;
  }

  /** Returns the names of the fields that the last request written does not carry, in order. */
  public synchronized List<String> dropped() {
    return dropped;
  }

  /** Forgets the request, but for the names of its tools: nothing is written any more. */
  public synchronized void release() {
    request = null;
    last = null;
    body = Bytes.EMPTY;
  }
}
