package dev.drover.state.affinity;

/** A conversation, as a salted hash: it tells two apart and says nothing of either. */
public record SessionKey(long high, long low) {}
