package dev.drover.tools.standin;

/**
 * The differences between versions of Envoy, and settings that tests vary.
 *
 * @param earlyClose whether an ext_proc stream is closed once no message can follow (1.37)
 * @param localRepliesVisible whether ext_proc sees replies that Envoy made itself (1.37)
 * @param upstreamImmediate whether an upstream-level ImmediateResponse is honoured (1.37)
 * @param maxReadBytes the most bytes of a body handed on at once, at least 1
 */
public record Knobs(
    boolean earlyClose, boolean localRepliesVisible, boolean upstreamImmediate, int maxReadBytes) {
  private static final int ENVOY_READ = 16_384;

  /** As Envoy 1.37 and later. */
  public static final Knobs ENVOY_1_37 = new Knobs(true, true, true, ENVOY_READ);

  /** As Envoy 1.36. */
  public static final Knobs ENVOY_1_36 = new Knobs(false, false, false, ENVOY_READ);
}
