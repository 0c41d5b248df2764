package dev.drover.tools.fake;

import dev.drover.json.JsonText;
import dev.drover.types.Bytes;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request in a cloud's own form: its path has the model, and how the response comes. Immutable.
 *
 * @param form how the request and its response are written
 * @param stream whether the response is a stream
 * @param body the request in the API that it is a form of
 */
record CloudRequest(Form form, boolean stream, Bytes body) {
  /** The forms of requests that clouds have. */
  enum Form {
    /** Anthropic's Messages at Vertex. */
    RAW_PREDICT,
    /** Anthropic's Messages at Bedrock. */
    INVOKE,
    /** Bedrock's own. */
    CONVERSE
  }

  private static final Pattern PATH =
      Pattern.compile(
          ".*/(?:models|model)/([^/:?]+)(:rawPredict|:streamRawPredict|/invoke|/invoke-with-response-stream|/converse|/converse-stream)(?:\\?.*)?");

  /** Returns the request, or null when its path is not one of a cloud. */
  static @Nullable CloudRequest of(String path, Bytes body) {
    Matcher matcher = PATH.matcher(path);
    if (!matcher.matches()) {
      return null;
    }
    String verb = matcher.group(2);
    boolean stream = verb.contains("stream");
    String model = JsonText.quote(URLDecoder.decode(matcher.group(1), StandardCharsets.UTF_8));
    Form form =
        verb.contains("Predict")
            ? Form.RAW_PREDICT
            : verb.contains("invoke") ? Form.INVOKE : Form.CONVERSE;
    String before = "{\"model\":" + model + (stream ? ",\"stream\":true," : ",");
    String text =
        form == Form.CONVERSE
            ? before
                + "\"messages\":[{\"role\":\"user\",\"content\":%s}]}"
                    .formatted(JsonText.quote(body.text()))
            : body.text().replaceFirst("\\{", Matcher.quoteReplacement(before));
    return new CloudRequest(form, stream, Bytes.utf8(text));
  }
}
