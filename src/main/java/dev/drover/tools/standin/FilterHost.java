package dev.drover.tools.standin;

import io.netty.channel.EventLoop;

/**
 * The stream that an ext_proc filter sits in, as far as the filter needs it. Called on the stream's
 * event loop.
 */
interface FilterHost {
  EventLoop loop();

  StreamInfo info();

  /** Forgets the route, so that the next look chooses it anew. */
  void clearRoute();

  /**
   * Answers the client without, or in place of, an upstream.
   *
   * @param from the filter that asks, which does not see the reply
   */
  void localReply(LocalReply reply, ExtProcFilter from);

  /** Holds back or lets through what comes from the peer of a direction. */
  void reading(boolean request, boolean on);

  /** The most bytes to buffer of a message. */
  long bufferLimit();
}
