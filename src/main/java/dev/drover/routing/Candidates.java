package dev.drover.routing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The candidates of one decision, best first once they are ranked. Its parts are used again for the
 * next decision, so that deciding leaves next to nothing for the collector. Confined to one thread.
 */
public final class Candidates {
  private static final Comparator<Candidate> BY_SCORE =
      Comparator.comparingDouble(Candidate::score);

  private Candidate[] slots = new Candidate[0];
  private int[] indexes = new int[0];
  private int size;

  /** Candidates in the order given, for tests of strategies. */
  public static Candidates of(List<Candidate> candidates) {
    Candidates all = new Candidates();
    all.slots = candidates.toArray(Candidate[]::new);
    all.size = candidates.size();
    return all;
  }

  public int size() {
    return size;
  }

  public Candidate get(int position) {
    return slots[position];
  }

  void clear() {
    size = 0;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /**
   * Adds one whose figures are to be set by the caller.
   *
   * @param blank what a slot that was never used is filled with
   */
  Candidate add(Candidate blank) {
    if (size == slots.length) {
      slots = Arrays.copyOf(slots, size + 8);
      indexes = new int[slots.length];
    }
    Candidate slot = slots[size];
    if (slot == null) {
      slot = blank.copy();
      slots[size] = slot;
    }
    size++;
    return slot;
  }

  void removeLast() {
    size--;
  }

  void removeFirst() {
    remove(0);
  }

  void remove(int position) {
    toEnd(position);
    size--;
  }

  private void toEnd(int position) {
    Candidate moved = slots[position];
    System.arraycopy(slots, position + 1, slots, position, size - 1 - position);
    slots[size - 1] = moved;
  }

  void toFront(int position) {
    Candidate moved = slots[position];
    System.arraycopy(slots, 0, slots, 1, position);
    slots[0] = moved;
  }

  /** Sorts ascending by score; equals keep their order. */
  public void sortByScore() {
    sort(0, BY_SCORE);
  }

  void sortByScoreFrom(int position) {
    sort(position, BY_SCORE);
  }

  /** Sorts ascending; equals keep their order. */
  public void sort(Comparator<Candidate> order) {
    sort(0, order);
  }

  /** By insertion: there are few, and nothing is allocated. */
  private void sort(int from, Comparator<Candidate> order) {
    for (int i = from + 1; i < size; i++) {
      Candidate moving = slots[i];
      int j = i;
      while (j > from && order.compare(slots[j - 1], moving) > 0) {
        slots[j] = slots[j - 1];
        j--;
      }
      slots[j] = moving;
    }
  }

  /** The places of the candidates in their model's order, best first; valid up to {@link #size}. */
  int[] indexes() {
    for (int i = 0; i < size; i++) {
      indexes[i] = slots[i].index();
    }
    return indexes;
  }

  /** Copies, best first. */
  public List<Candidate> copies() {
    List<Candidate> copies = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      copies.add(slots[i].copy());
    }
    return copies;
  }
}
