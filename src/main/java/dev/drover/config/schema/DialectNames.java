package dev.drover.config.schema;

import java.util.List;

/** The names of the dialects that a config may have. A test holds them equal to the dialects. */
public final class DialectNames {
  public static final String OPENAI = "openai";

  public static final String ANTHROPIC = "anthropic";
  public static final String RESPONSES = "responses";
  public static final String GEMINI = "gemini";
  public static final String BEDROCK = "bedrock";
  public static final String BEDROCK_ANTHROPIC = "bedrock-anthropic";
  public static final String VERTEX_ANTHROPIC = "vertex-anthropic";

  /** The names of all dialects. */
  public static final List<String> ALL =
      List.of(OPENAI, ANTHROPIC, RESPONSES, GEMINI, BEDROCK, BEDROCK_ANTHROPIC, VERTEX_ANTHROPIC);

  private DialectNames() {}
}
