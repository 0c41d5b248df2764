package dev.drover.routing.task;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.TreeMap;

/**
 * Finds many words and phrases in one pass over a text, however many there are: Aho and Corasick,
 * "Efficient string matching", CACM 18 (1975). Words in scripts that write blanks between words
 * must stand alone; a {@code *} at the end of a word stands for any ending. Immutable.
 */
final class Words {
  /** Told of each word found. */
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
    final int depth;
    End[] ends = {};
    Node fail = this;
    char[] keys = {};
    Node[] nodes = {};

    /** Where an ASCII letter leads; empty: it has to be looked for. */
    Node[] ascii = {};

    Node(int depth) {
      this.depth = depth;
    }

    void end(End... more) {
      End[] all = Arrays.copyOf(ends, ends.length + more.length);
      System.arraycopy(more, 0, all, ends.length, more.length);
      ends = all;
    }

    Node child(char c) {
      int lo = 0;
      int hi = keys.length - 1;
      while (lo <= hi) {
        int mid = (lo + hi) >>> 1;
        if (keys[mid] == c) {
          return nodes[mid];
        }
        if (keys[mid] < c) {
          lo = mid + 1;
        } else {
          hi = mid - 1;
        }
      }
      return this; // no such child
    }
  }

  private static final int ASCII = 128;

  /** Most of a text is spent above this depth. */
  private static final int SHALLOW = 3;

  private final Node root = new Node(0);

  /**
   * @param words the words of each owner, by its index; lower case
   */
  Words(List<List<String>> words) {
    for (int owner = 0; owner < words.size(); owner++) {
      for (String word : words.get(owner)) {
        add(owner, word.strip());
      }
    }
    link();
  }

  private void add(int owner, String word) {
    boolean open = word.endsWith("*");
    String text = open ? word.substring(0, word.length() - 1) : word;
    Node node = root;
    for (int i = 0; i < text.length(); i++) {
      int depth = i + 1;
      node = node.next.computeIfAbsent(text.charAt(i), _ -> new Node(depth));
    }
    node.end(new End(owner, text.length(), open));
  }

  /** Breadth first: the longest proper suffix of each node that is a prefix too. */
  private void link() {
    Queue<Node> queue = new ArrayDeque<>(List.of(root));
    while (!queue.isEmpty()) {
      Node node = queue.remove();
      node.keys = new char[node.next.size()];
      node.nodes = new Node[node.next.size()];
      int i = 0;
      for (var entry : node.next.entrySet()) {
        Node child = entry.getValue();
        node.keys[i] = entry.getKey();
        node.nodes[i++] = child;
        child.fail = node == root ? root : step(node.fail, entry.getKey());
        child.end(child.fail.ends);
        queue.add(child);
      }
      if (node.depth < SHALLOW) {
        Node[] ascii = new Node[ASCII];
        for (char c = 0; c < ASCII; c++) {
          ascii[c] = step(node, c);
        }
        node.ascii = ascii;
      }
    }
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
    Node node = root;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      node = c < node.ascii.length ? node.ascii[c] : step(node, c);
      for (End end : node.ends) {
        int from = i + 1 - end.length;
        if (standsAlone(text, from, i + 1, end.open)) {
          found.word(end.owner, from);
        }
      }
    }
  }

  private static boolean standsAlone(String text, int from, int to, boolean open) {
    boolean begins = from == 0 || !joined(text.charAt(from - 1), text.charAt(from));
    boolean ends = open || to == text.length() || !joined(text.charAt(to - 1), text.charAt(to));
    return begins && ends;
  }

  /** Whether no word ends between two characters. */
  private static boolean joined(char left, char right) {
    return inWord(left) && inWord(right);
  }

  /** Han characters make words without blanks between them. */
  private static boolean inWord(char c) {
    return Character.isLetterOrDigit(c) && !Character.isIdeographic(c);
  }
}
