package dev.drover.migrate;

import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The kinds of request that deployments are for: as the file says, or as their names tell. */
final class LiteLlmModes {
  /** The mode of deployments that can be taken over. */
  static final String CHAT = "chat";

  private static final Map<String, Pattern> NAMES =
      Map.of(
          "embedding", Pattern.compile("(.*[-_./])?embed(ding)?s?([-_./].*)?"),
          "rerank", Pattern.compile("(.*[-_./])?rerank(er)?([-_./].*)?"),
          "image_generation", Pattern.compile("dall-e-.*|gpt-image-.*|chatgpt-image-.*"),
          "audio_transcription", Pattern.compile("(.*[-_./])?(whisper|transcribe)([-_./].*)?"),
          "audio_speech", Pattern.compile("(.*[-_./])?tts([-_./].*)?"),
          "moderation", Pattern.compile("(omni|text)-moderation-.*"),
          "realtime", Pattern.compile("(.*[-_./])?realtime([-_./].*)?"),
          "video_generation", Pattern.compile("sora-.*"),
          "completion", Pattern.compile("gpt-3\\.5-turbo-instruct.*|davinci-.*|babbage-.*"),
          "responses", Pattern.compile("responses/.*"));

  private LiteLlmModes() {}

  /**
   * Returns the mode of a deployment.
   *
   * @param given {@code model_info.mode}
   */
  static String of(@Nullable Object given, ModelName model) {
    String mode = Trees.text(given).strip();
    if (!mode.isEmpty() && !mode.startsWith(Values.ENV)) {
      return mode;
    }
    if (model.provider().startsWith("text-completion-")) {
      return "completion";
    }
    return NAMES.entrySet().stream()
        .filter(each -> each.getValue().matcher(model.name()).matches())
        .map(Map.Entry::getKey)
        .sorted()
        .findFirst()
        .orElse(CHAT);
  }
}
