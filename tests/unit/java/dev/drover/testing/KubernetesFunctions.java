package dev.drover.testing;

import static dev.cel.common.CelFunctionDecl.newFunctionDeclaration;
import static dev.cel.common.CelOverloadDecl.newGlobalOverload;
import static dev.cel.common.CelOverloadDecl.newMemberOverload;

import com.google.common.net.InetAddresses;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelFunctionBinding;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Declares and implements the functions that Kubernetes adds to CEL, as far as the
 * CustomResourceDefinitions use them.
 */
final class KubernetesFunctions {
  /** An absolute URL, its scheme in a group, or an absolute path, as Go parses them. */
  private static final Pattern URL =
      Pattern.compile(
          "(?:([A-Za-z][A-Za-z0-9+.-]*):|(?=/))"
              + "(?://([^@/?#]*@)?(\\[[^]/?#]*](:[0-9]*)?|[^/?#\\s]*:[0-9]*|[^:/?#\\s]*)(?=[/?#]|$)"
              + "|(?!//))"
              + "([^%\\p{Cntrl}]|%[0-9A-Fa-f]{2})*");

  private static final String DNS_LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";

  static final List<CelFunctionDecl> DECLARATIONS =
      List.of(
          newFunctionDeclaration(
              "isURL", newGlobalOverload("is_url_string", SimpleType.BOOL, SimpleType.STRING)),
          newFunctionDeclaration(
              "url", newGlobalOverload("string_to_url", SimpleType.DYN, SimpleType.STRING)),
          newFunctionDeclaration(
              "getScheme", newMemberOverload("url_get_scheme", SimpleType.STRING, SimpleType.DYN)),
          newFunctionDeclaration(
              "isIP", newGlobalOverload("is_ip", SimpleType.BOOL, SimpleType.STRING)),
          newFunctionDeclaration(
              "format.dns1123Label", newGlobalOverload("format_dns1123_label", SimpleType.DYN)),
          newFunctionDeclaration(
              "validate",
              newMemberOverload(
                  "format_validate", SimpleType.DYN, SimpleType.DYN, SimpleType.STRING)));

  static final List<CelFunctionBinding> BINDINGS =
      List.of(
          CelFunctionBinding.from(
              "is_url_string", String.class, text -> URL.matcher(text).matches()),
          CelFunctionBinding.from("string_to_url", String.class, KubernetesFunctions::url),
          CelFunctionBinding.from("url_get_scheme", Map.class, url -> url.get("scheme")),
          CelFunctionBinding.from("is_ip", String.class, KubernetesFunctions::isIp),
          CelFunctionBinding.from(
              "format_dns1123_label", List.of(), _ -> Map.of("pattern", DNS_LABEL)),
          CelFunctionBinding.from(
              "format_validate", Map.class, String.class, KubernetesFunctions::validated));

  private KubernetesFunctions() {}

  private static Map<String, Object> url(String text) {
    Matcher url = URL.matcher(text);
    if (!url.matches()) {
      throw new IllegalArgumentException(text + ": no URL");
    }
    String scheme = url.group(1);
    return Map.of("scheme", scheme == null ? "" : scheme.toLowerCase(Locale.ROOT));
  }

  private static boolean isIp(String text) {
    return InetAddresses.isInetAddress(text)
        && !text.contains("%")
        && !InetAddresses.isMappedIPv4Address(text);
  }

  private static Optional<List<String>> validated(Map<?, ?> format, String text) {
    return text.matches(String.valueOf(format.get("pattern")))
        ? Optional.empty()
        : Optional.of(List.of(text + ": not of this format"));
  }
}
