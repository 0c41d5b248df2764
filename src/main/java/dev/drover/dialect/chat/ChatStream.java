package dev.drover.dialect.chat;

import dev.drover.dialect.chat.ChatSink.PartKind;
import dev.drover.dialect.chat.ChatSink.Stop;
import dev.drover.types.Usage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts what a provider streams into the order of a {@link ChatSink}. A text that goes on after a
 * part of another kind is a new part. Calls that a provider streams side by side come one after the
 * other: pieces of a call that is not open are held until the open one is whole. Confined to one
 * ext_proc stream.
 */
public final class ChatStream {
  private final ChatSink sink;

  /** More than any model generates at a time: its text is kept nowhere beyond that. */
  private static final long MOST_CHARACTERS = 32L << 20;

  private final Supplier<@Nullable Usage> usage;
  private final String id;
  private final String unnamed;
  private final Map<Integer, Call> calls = new LinkedHashMap<>();
  private final List<Words> waiting = new ArrayList<>(0);
  private boolean started;
  private @Nullable PartKind open;
  private @Nullable Call openCall;
  private @Nullable Signature signature;
  private int opened;
  private long characters;
  private boolean unknown;
  private @Nullable Stop stop;
  private @Nullable String sequence;
  private boolean over;
  private boolean failed;

  /**
   * @param id of the exchange, for calls that have none
   * @param unnamed the model of a response that does not name one
   * @param usage tells the tokens when the response ends
   */
  public ChatStream(ChatSink sink, String id, String unnamed, Supplier<@Nullable Usage> usage) {
    this.id = id;
    this.unnamed = unnamed;
    this.sink = sink;
    this.usage = usage;
  }

  /** A tool call that may not have been opened yet. */
  private static final class Call {
    private final StringBuilder held = new StringBuilder();
    private final JsonEnd end = new JsonEnd();
    private String id = "";
    private String name = "";
    private boolean done;

    /** Returns whether no more of the arguments can come. */
    boolean isWhole() {
      return end.isWhole();
    }
  }

  /** Words that came while a call was not whole. */
  private record Words(PartKind kind, String text) {}

  /** Returns whether the response has ended. */
  public boolean isOver() {
    return over;
  }

  /** Returns whether the response has ended with an error. */
  public boolean hasFailed() {
    return failed;
  }

  /** The response begins; a second beginning says nothing new. */
  public void start(String id, String model) {
    if (!started && !over) {
      started = true;
      sink.started(id, model.isEmpty() ? unnamed : model);
    }
  }

  /** More text. */
  public void text(String text) {
    words(PartKind.TEXT, text);
  }

  /** More of a refusal. */
  public void refusal(String text) {
    words(PartKind.REFUSAL, text);
  }

  /** More thoughts. */
  public void reasoning(String text) {
    words(PartKind.REASONING, text);
  }

  /** Gives what proves the thoughts; ends them. */
  public void reasoningSigned(Signature proof) {
    if (over || (openCall != null && !openCall.isWhole())) {
      return;
    }
    if (open != PartKind.REASONING) {
      begin(PartKind.REASONING, "", "");
    }
    signature = proof;
    endPart();
  }

  private void words(PartKind kind, String text) {
    if (text.isEmpty() || tooLong(text.length())) {
      return;
    }
    if (openCall != null && !openCall.isWhole()) {
      waiting.add(new Words(kind, text));
      return;
    }
    say(kind, text);
  }

  private void say(PartKind kind, String text) {
    if (open != kind) {
      begin(kind, "", "");
    }
    sink.partDelta(text);
  }

  /** Ends the open part: what comes next is another one, even of the same kind. */
  public void endPart() {
    if (open != null) {
      open = null;
      if (openCall != null) {
        openCall.done = true;
        openCall = null;
      }
      sink.partEnded(signature);
      signature = null;
    }
  }

  private void begin(PartKind kind, String id, String name) {
    endPart();
    start("", "");
    open = kind;
    sink.partStarted(kind, id, name);
  }

  /**
   * A piece of a tool call.
   *
   * @param key tells the calls of the response apart
   * @param id of the call; empty in later pieces
   * @param name of the tool; empty in later pieces
   * @param arguments more JSON text; may be empty
   */
  public void call(int key, String id, String name, String arguments) {
    Call call = calls.computeIfAbsent(key, _ -> new Call());
    if (call.done || tooLong(arguments.length())) {
      return;
    }
    call.id = call.id.isEmpty() ? id : call.id;
    call.name = call.name.isEmpty() ? name : call.name;
    call.held.append(arguments);
    call.end.add(arguments);
    if (call == openCall) {
      flush(call);
      if (call.isWhole()) {
        release();
      }
    } else if (!call.id.isEmpty() && !call.name.isEmpty() && mayOpen()) {
      open(call);
    }
  }

  /** Returns whether no other call is open whose arguments are not whole. */
  private boolean mayOpen() {
    return openCall == null || openCall.isWhole();
  }

  /** Says the words that came meanwhile. */
  private void release() {
    List<Words> held = List.copyOf(waiting);
    waiting.clear();
    held.forEach(words -> say(words.kind(), words.text()));
  }

  private boolean tooLong(int more) {
    characters += more;
    if (characters > MOST_CHARACTERS) {
      fail(GatewayError.MALFORMED);
    }
    return over;
  }

  /** Returns the characters that the response has so far. */
  public long characters() {
    return characters;
  }

  /** Returns whether a part was met that has no counterpart in other APIs. */
  public boolean hasUnknown() {
    return unknown;
  }

  /** Notes a part that has no counterpart in other APIs. */
  public void unknown() {
    unknown = true;
  }

  private void open(Call call) {
    begin(PartKind.TOOL_CALL, call.id, call.name);
    openCall = call;
    opened++;
    flush(call);
  }

  private void flush(Call call) {
    if (!call.held.isEmpty()) {
      sink.partDelta(call.held.toString());
      call.held.setLength(0);
    }
  }

  /** Notes why the response ends; the first reason stays. */
  public void stop(Stop why, @Nullable String stopSequence) {
    if (stop == null) {
      stop = why;
      sequence = stopSequence;
    }
  }

  /** The provider says that the response is over, or its bytes end. */
  public void end() {
    if (over) {
      return;
    }
    if (stop == null) {
      fail(GatewayError.CUT);
      return;
    }
    endPart();
    release();
    endPart();
    int unnamed = 0;
    for (Call call : calls.values()) {
      if (!call.done && !call.name.isEmpty()) {
        call.id = call.id.isEmpty() ? "call_" + id + "_" + unnamed++ : call.id;
        open(call);
        endPart();
      }
    }
    start("", "");
    over = true;
    Stop why = stop;
    if (opened > 0 && (stop == Stop.END || stop == Stop.SEQUENCE)) {
      why = Stop.TOOL_CALLS;
    } else if (opened == 0 && stop == Stop.TOOL_CALLS) {
      why = Stop.END;
    }
    sink.finished(why, sequence, usage.get());
  }

  /** The response fails. */
  public void fail(GatewayError error) {
    if (!over) {
      over = true;
      failed = true;
      sink.failed(error, usage.get());
    }
  }
}
