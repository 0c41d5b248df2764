package dev.drover.dialect.responses;

import dev.drover.dialect.References;
import dev.drover.dialect.response.OutputScan;
import dev.drover.dialect.response.UsageObject;
import dev.drover.json.JsonScanner;
import dev.drover.json.JsonScanner.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the output in a response of the Responses API and in the events of its stream. The events
 * that repeat what was streamed do not count again. Confined to one thread.
 */
final class ResponsesOutput implements OutputScan {
  private static final int MOST_REASON = 40;

  /** No response has as many items. */
  private static final int MOST_IDS = 256;

  private static final Set<String> ENDS = Set.of("completed", "incomplete", "failed", "cancelled");

  private long outputBytes;
  private @Nullable String finishReason;
  private boolean found;
  private boolean last;
  private boolean error;
  private final List<String> ids = new ArrayList<>();

  @Override
  public void forget() {
    outputBytes = 0;
    finishReason = null;
    found = false;
    last = false;
    error = false;
  }

  @Override
  public boolean read(JsonScanner in, Consumer<UsageObject> usage) {
    if (in.keyIs("delta") && in.peek() == Kind.STRING) {
      found = true;
      outputBytes += in.stringLength();
    } else if (in.keyIs("response") && in.peek() == Kind.OBJECT) {
      found = true;
      response(in, usage);
    } else if (in.keyIs("output") && in.peek() == Kind.ARRAY) {
      found = true;
      items(in);
    } else if (in.keyIs("item") && in.peek() == Kind.OBJECT) {
      item(in, false);
    } else if (in.keyIs("id") && in.peek() == Kind.STRING) {
      id(in, 0);
    } else if (in.keyIs("status") && in.peek() == Kind.STRING) {
      status(in);
    } else if (in.keyIs("incomplete_details") || in.keyIs("tools") || in.keyIs("text")) {
      in.skip();
    } else {
      return false;
    }
    return true;
  }

  private void response(JsonScanner in, Consumer<UsageObject> usage) {
    in.beginObject();
    while (in.nextField()) {
      if (in.keyIs("usage") && in.peek() == Kind.OBJECT) {
        usage.accept(UsageObject.read(in));
      } else if (in.keyIs(UsageObject.TIER) && in.peek() == Kind.STRING) {
        usage.accept(UsageObject.served(in.string()));
      } else if (in.keyIs("status") && in.peek() == Kind.STRING) {
        status(in);
        last = finishReason != null;
      } else if (in.keyIs("id") && in.peek() == Kind.STRING) {
        id(in, 0);
      } else if (in.keyIs("error")) {
        error |= in.peek() == Kind.OBJECT;
        in.skip();
      } else {
        in.skip();
      }
    }
  }

  private void status(JsonScanner in) {
    String status = in.string();
    if (ENDS.contains(status)) {
      found = true;
      finishReason = status.substring(0, Math.min(status.length(), MOST_REASON));
      error |= status.equals("failed");
    }
  }

  /** Reads the items of a whole response. */
  private void items(JsonScanner in) {
    in.beginArray();
    while (in.nextElement()) {
      if (in.peek() == Kind.OBJECT) {
        item(in, true);
      } else {
        in.skip();
      }
    }
  }

  /**
   * Reads an item.
   *
   * @param counts whether its texts count; those of a stream have counted
   */
  private void item(JsonScanner in, boolean counts) {
    in.beginObject();
    while (in.nextField()) {
      if (in.keyIs("id") && in.peek() == Kind.STRING) {
        id(in, ids.size());
      } else if (counts) {
        member(in);
      } else {
        in.skip();
      }
    }
  }

  /** Notes an id, at a place among the others. */
  private void id(JsonScanner in, int place) {
    String id = in.string();
    boolean fits = id.length() <= References.LONGEST_ID && ids.size() < MOST_IDS;
    if (fits && !ids.contains(id)) {
      ids.add(place, id);
    }
  }

  /** Counts the texts of the parts of an item. */
  private void walk(JsonScanner in) {
    switch (in.peek()) {
      case ARRAY -> {
        in.beginArray();
        while (in.nextElement()) {
          walk(in);
        }
      }
      case OBJECT -> {
        in.beginObject();
        while (in.nextField()) {
          member(in);
        }
      }
      default -> in.skip();
    }
  }

  private void member(JsonScanner in) {
    boolean text =
        in.keyIs("text") || in.keyIs("refusal") || in.keyIs("arguments") || in.keyIs("input");
    if (text && in.peek() == Kind.STRING) {
      outputBytes += in.stringLength();
    } else if (in.keyIs("content") || in.keyIs("summary")) {
      walk(in);
    } else {
      in.skip();
    }
  }

  @Override
  public List<String> ids() {
    return ids;
  }

  @Override
  public boolean found() {
    return found;
  }

  @Override
  public long outputBytes() {
    return outputBytes;
  }

  @Override
  public @Nullable String finishReason() {
    return finishReason;
  }

  @Override
  public int ends() {
    return finishReason == null ? 0 : 1;
  }

  @Override
  public boolean isError() {
    return error;
  }

  @Override
  public boolean isLast() {
    return last;
  }
}
