package dev.drover.tools.standin;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.service.ext_proc.v3.HeaderMutation;
import java.util.Locale;

/** Applies header mutations of an ext_proc server as Envoy's mutation_utils does. */
final class Mutations {
  private static final int MAX_COUNT = 100;
  private static final int MAX_REQUEST_BYTES = 60 * 1024;

  /** A mutation that Envoy answers with an error. */
  static final class Invalid extends Exception {
    private static final long serialVersionUID = 1L;

    Invalid(String message) {
      super(message, null, false, false);
    }
  }

  private final MutationRules rules;
  private final Counters counters;
  private final int maxBytes;

  /**
   * @param ofRequest whether requests' headers are changed, whose bytes have a limit that nears
   *     what a server may send; that of answers is far from it
   */
  Mutations(MutationRules rules, Counters counters, boolean ofRequest) {
    this.rules = rules;
    this.counters = counters;
    this.maxBytes = ofRequest ? MAX_REQUEST_BYTES : Integer.MAX_VALUE;
  }

  /**
   * Changes {@code headers}.
   *
   * @param methodAllowed whether :method may be set: with CONTINUE_AND_REPLACE
   * @param keepLength whether content-length may be set
   */
  void apply(HeaderMutation mutation, HeaderMap headers, boolean methodAllowed, boolean keepLength)
      throws Invalid {
    if (mutation.getSetHeadersCount() > MAX_COUNT || mutation.getRemoveHeadersCount() > MAX_COUNT) {
      throw new Invalid("header_mutation_operation_count_exceeds_limit");
    }
    for (String name : mutation.getRemoveHeadersList()) {
      remove(name.toLowerCase(Locale.ROOT), headers);
    }
    for (HeaderValueOption option : mutation.getSetHeadersList()) {
      set(option, headers, methodAllowed, keepLength);
    }
    if (headers.size() > MAX_COUNT || headers.bytes() > maxBytes) {
      throw new Invalid("header_mutation_result_exceeds_limit");
    }
  }

  private void remove(String name, HeaderMap headers) throws Invalid {
    if (!validName(name)) {
      counters.add("rejected_header_mutations");
      throw new Invalid("header_mutation_remove_contains_invalid_character");
    }
    if (name.startsWith(":") || name.equals("host") || !rules.allows(name)) {
      rejected();
      return;
    }
    headers.remove(name);
  }

  private void set(
      HeaderValueOption option, HeaderMap headers, boolean methodAllowed, boolean keepLength)
      throws Invalid {
    HeaderValue header = option.getHeader();
    String name = header.getKey().toLowerCase(Locale.ROOT);
    ByteString raw = header.getRawValue();
    if (!validName(name) || !validValue(raw)) {
      counters.add("rejected_header_mutations");
      throw new Invalid("header_mutation_set_contains_invalid_character");
    }
    String value = raw.toStringUtf8();
    boolean append = append(option);
    if (name.equals("content-length") && !keepLength) {
      return;
    }
    boolean privileged = name.equals(":method") && methodAllowed;
    if ((!privileged && !rules.allows(name)) || (name.startsWith(":") && append)) {
      rejected();
    } else if (name.equals(":status")
        && !(value.matches("[0-9]{3}") && Integer.parseInt(value) >= 200)) {
      counters.add("rejected_header_mutations");
    } else if (append) {
      headers.add(name, value);
    } else {
      headers.set(name, value);
    }
  }

  /** Envoy looks at the deprecated wrapper and at nothing else. */
  @SuppressWarnings("deprecation")
  private static boolean append(HeaderValueOption option) {
    return option.getAppend().getValue();
  }

  private void rejected() throws Invalid {
    counters.add("rejected_header_mutations");
    if (rules.disallowedIsError()) {
      throw new Invalid("header_mutation_not_allowed");
    }
  }

  private static boolean validName(String name) {
    return !name.isEmpty() && name.chars().allMatch(c -> c > ' ' && c < 0x7F);
  }

  private static boolean validValue(ByteString value) {
    for (byte b : value) {
      if (b == 0 || b == '\r' || b == '\n') {
        return false;
      }
    }
    return true;
  }
}
