package dev.drover.xds;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The Envoys that are connected, and what each has accepted. Thread-safe. */
final class Envoys {
  private static final int REMEMBERED = 20;
  private static final int LONGEST = 1000;
  private static final int MOST_ABSENT = 1000;

  /** Envoy's longest wait before it connects again. */
  private static final Duration BACK_OFF = Duration.ofSeconds(35);

  /**
   * The version of one resource type that one Envoy was sent last, and the version that it has
   * accepted.
   */
  private static final class Told {
    String nonce = "";
    String version = "";
    @Nullable String accepted;
    boolean refused;
    boolean stuck;
  }

  /** An Envoy that is connected, with its state by resource type. */
  private static final class Connected {
    final Instant since;
    final Map<String, Told> types = new TreeMap<>();
    String node = "";

    Connected(Instant since) {
      this.since = since;
    }

    boolean stuck() {
      return types.values().stream().anyMatch(told -> told.stuck);
    }

    Told told(String type) {
      return types.computeIfAbsent(type, _ -> new Told());
    }
  }

  /**
   * A refusal of resources by an Envoy.
   *
   * @param well whether it had taken all that it was told before
   * @param words the reason in Envoy's own words
   */
  record Refusal(Instant at, String node, String type, String version, boolean well, String words) {
    @Override
    public String toString() {
      return "Envoy " + node + " refused " + label(type) + " " + version + ": " + words;
    }
  }

  /** An Envoy whose connection has ended. */
  private record Absent(String node, Instant since) {}

  private final Deque<Absent> absent = new ArrayDeque<>();
  private final Map<Long, Connected> connected = new LinkedHashMap<>();
  private final Deque<Refusal> refusals = new ArrayDeque<>();
  private long refused;

  synchronized void opened(long stream, Instant now) {
    connected.put(stream, new Connected(now));
  }

  synchronized void closed(long stream, Instant now) {
    Connected gone = connected.remove(stream);
    if (gone != null && !gone.types.isEmpty()) {
      absent.addLast(new Absent(gone.node, now));
      if (absent.size() > MOST_ABSENT) {
        absent.removeFirst();
      }
    }
  }

  synchronized void sent(long stream, String type, String nonce, String version) {
    Connected envoy = connected.get(stream);
    if (envoy != null) {
      Told told = envoy.told(type);
      told.nonce = nonce;
      told.version = version;
      told.refused = false;
    }
  }

  /**
   * An Envoy asks, accepts or refuses.
   *
   * @return what it refuses, if it does
   */
  synchronized @Nullable Refusal heard(long stream, AckTracker.Message message, Instant now) {
    Connected envoy = connected.get(stream);
    if (envoy == null) {
      return null;
    }
    if (!message.node().isEmpty()) {
      envoy.node = cut(message.node());
      absent.stream()
          .filter(each -> each.node.equals(envoy.node))
          .findFirst()
          .ifPresent(absent::remove);
    }
    if (message.over()) {
      envoy.types.remove(message.type());
      return null;
    }
    Told told = envoy.told(message.type());
    boolean answer = !message.nonce().isEmpty() && message.nonce().equals(told.nonce);
    if (!answer && message.nonce().isEmpty() && !message.version().isEmpty()) {
      told.accepted = message.version();
    }
    boolean another = !message.version().isEmpty() && !message.version().equals(told.version);
    if (!answer || (message.refusal() == null && another)) {
      return null;
    }
    if (message.refusal() == null) {
      told.accepted = told.version;
      told.stuck = false;
      return null;
    }
    Refusal refusal =
        new Refusal(
            now, envoy.node, message.type(), told.version, !envoy.stuck(), cut(message.refusal()));
    told.refused = true;
    refused++;
    refusals.addFirst(refusal);
    if (refusals.size() > REMEMBERED) {
      refusals.removeLast();
    }
    return refusal;
  }

  /** There is nothing that an Envoy could be told instead of what it has refused. */
  synchronized void stuck(long stream, String type) {
    Connected envoy = connected.get(stream);
    if (envoy != null) {
      envoy.told(type).stuck = true;
    }
  }

  /**
   * Returns the names of the Envoys that have not answered these versions, of the types that each
   * has asked for. Includes Envoys that have just disconnected and will come back.
   */
  synchronized List<String> behind(Map<String, String> versions, Instant now) {
    absent.removeIf(each -> each.since.plus(BACK_OFF).isBefore(now));
    List<String> behind = new ArrayList<>();
    absent.forEach(each -> behind.add(each.node));
    for (Connected envoy : connected.values()) {
      boolean current =
          envoy.types.entrySet().stream()
              .allMatch(
                  told ->
                      told.getValue().refused
                          || !versions.containsKey(told.getKey())
                          || versions.get(told.getKey()).equals(told.getValue().accepted));
      if (!current) {
        behind.add(envoy.node);
      }
    }
    return behind;
  }

  synchronized int size() {
    return connected.size();
  }

  /** Returns how many times an Envoy has refused resources. */
  synchronized long refused() {
    return refused;
  }

  /** For people. */
  synchronized Map<String, Object> page(Map<String, String> versions) {
    List<Object> envoys = new ArrayList<>();
    for (Connected envoy : connected.values()) {
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("node", envoy.node);
      shown.put("since", envoy.since.toString());
      Map<String, Object> accepted = new LinkedHashMap<>();
      envoy.types.forEach((type, told) -> accepted.put(label(type), told.accepted));
      shown.put("accepted", accepted);
      envoys.add(shown);
    }
    List<Object> last = new ArrayList<>();
    for (Refusal refusal : refusals) {
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("at", refusal.at.toString());
      shown.put("node", refusal.node);
      shown.put("type", label(refusal.type));
      shown.put("version", refusal.version);
      shown.put("words", refusal.words);
      last.add(shown);
    }
    Map<String, Object> served = new LinkedHashMap<>();
    new TreeMap<>(versions).forEach((type, version) -> served.put(label(type), version));
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("versions", served);
    page.put("envoys", envoys);
    page.put("refusals", last);
    return page;
  }

  /** A type's URL, without what all have in common. */
  private static String label(String type) {
    return type.substring(type.lastIndexOf('.') + 1);
  }

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
  }
}
