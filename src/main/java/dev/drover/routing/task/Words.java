package dev.drover.routing.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * Finds many words and phrases in one pass over a text, however many there are: Aho and Corasick,
 * "Efficient string matching", CACM 18 (1975). Words in scripts that write blanks between words
 * must stand alone; a {@code *} at the end of a word stands for any ending. Immutable.
 */
final class Words {
  /** A receiver of the words that are found. */
  interface Found {
    void word(int owner, int from);
  }

  /**
   * A word that ends at a node.
   *
   * @param owner whose word it is
   * @param open whether it may go on
   */
  private record End(int owner, int length, boolean open) {}

  /** A node of the tree of prefixes. */
  private static final class Node {
    final TreeMap<Character, Node> next = new TreeMap<>();
    End[] ends = {};
    Node fail = this;
    char[] keys = {};
    Node[] nodes = {};
    int index;

    void end(End... more) {
      End[] all = Arrays.copyOf(ends, ends.length + more.length);
      System.arraycopy(more, 0, all, ends.length, more.length);
      ends = all;
    }

    Node child(char c) {
      int at = Arrays.binarySearch(keys, c);
      return at < 0 ? this : nodes[at]; // itself: no such child
    }
  }

  private static final int LATIN = 0x100;

  private final Node root = new Node();
  private final Node[] nodes;

  /** The column of each Latin character; those in no word share the first. */
  private final char[] columns = new char[LATIN];

  private final int width;

  /**
   * A row for each node, a column for each Latin character in words: where the row of the next node
   * begins, negative as {@code ~begin} when words end there.
   */
  private final int[] rows;

  /**
   * @param words the words of each owner, by its index; lower case
   */
  Words(List<List<String>> words) {
    for (int owner = 0; owner < words.size(); owner++) {
      for (String word : words.get(owner)) {
        add(owner, word.strip());
      }
    }
    nodes = link().toArray(Node[]::new);
    width = number();
    rows = rows();
  }

  private void add(int owner, String word) {
    boolean open = word.endsWith("*");
    String text = (open ? word.substring(0, word.length() - 1) : word).strip();
    if (text.isEmpty()) {
      return; // blanks of another script: there is nothing to look for
    }
    Node node = root;
    for (int i = 0; i < text.length(); i++) {
      node = node.next.computeIfAbsent(text.charAt(i), _ -> new Node());
    }
    node.end(new End(owner, text.length(), open));
  }

  /** Breadth first: the longest proper suffix of each node that is a prefix too. */
  private List<Node> link() {
    List<Node> all = new ArrayList<>(List.of(root));
    for (int at = 0; at < all.size(); at++) {
      Node node = all.get(at);
      node.index = at;
      node.keys = new char[node.next.size()];
      node.nodes = new Node[node.next.size()];
      int i = 0;
      for (var entry : node.next.entrySet()) {
        Node child = entry.getValue();
        node.keys[i] = entry.getKey();
        node.nodes[i++] = child;
        child.fail = node == root ? root : step(node.fail, entry.getKey());
        child.end(child.fail.ends);
        all.add(child);
      }
    }
    return all;
  }

  /** Gives each Latin character in words its column; returns how many there are. */
  private int number() {
    int used = 1;
    for (Node node : nodes) {
      for (char c : node.keys) {
        if (c < LATIN && columns[c] == 0) {
          columns[c] = (char) used++;
        }
      }
    }
    return used;
  }

  private int[] rows() {
    int[] all = new int[nodes.length * width]; // the first column leads to the root
    for (Node node : nodes) {
      for (char c = 0; c < LATIN; c++) {
        if (columns[c] > 0) {
          all[node.index * width + columns[c]] = row(step(node, c));
        }
      }
    }
    return all;
  }

  private int row(Node node) {
    int begin = node.index * width;
    return node.ends.length == 0 ? begin : ~begin;
  }

  private Node step(Node from, char c) {
    Node node = from;
    Node child = node.child(c);
    while (child == node && node != root) {
      node = node.fail;
      child = node.child(c);
    }
    return child;
  }

  /** Tells of all words in a text, which is in lower case. */
  void find(String text, Found found) {
    int row = 0; // the root's
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      row = c < LATIN ? rows[row + columns[c]] : row(step(nodes[row / width], c));
      if (row < 0) {
        row = ~row;
        ended(text, i + 1, nodes[row / width], found);
      }
    }
  }

  /** Tells of the words that end before a character of the text. */
  private static void ended(String text, int to, Node node, Found found) {
    for (End end : node.ends) {
      int from = to - end.length;
      if (standsAlone(text, from, to, end.open)) {
        found.word(end.owner, from);
      }
    }
  }

  private static boolean standsAlone(String text, int from, int to, boolean open) {
    boolean begins = from == 0 || !joined(text.charAt(from - 1), text.charAt(from));
    boolean ends = open || to == text.length() || !joined(text.charAt(to - 1), text.charAt(to));
    return begins && ends;
  }

  /** Returns whether two adjacent characters belong to one word. */
  private static boolean joined(char left, char right) {
    return inWord(left) && inWord(right);
  }

  /** Han characters make words without blanks between them. */
  private static boolean inWord(char c) {
    return Character.isLetterOrDigit(c) && !Character.isIdeographic(c);
  }
}
