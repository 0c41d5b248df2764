package dev.drover.extproc;

import dev.drover.types.NamePatterns;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts those clients of a CA whose certificate has one of some names. A CA of a mesh signs for
 * every workload, and not each of them may play Envoy. Thread-safe.
 */
final class NamedClients extends X509ExtendedTrustManager {
  private static final int DNS_NAME = 2;
  private static final int URI = 6;

  private final X509ExtendedTrustManager authority;
  private final List<String> names;
  private final NamePatterns patterns;

  /**
   * @param names DNS names and URIs, or their beginnings followed by an asterisk; none: every
   *     client of the CA
   */
  NamedClients(X509ExtendedTrustManager authority, List<String> names) {
    this.authority = authority;
    this.names = List.copyOf(names);
    this.patterns = NamePatterns.of(names);
  }

  private void named(X509Certificate certificate) throws CertificateException {
    if (names.isEmpty()) {
      return;
    }
    Collection<List<?>> own = certificate.getSubjectAlternativeNames();
    for (List<?> name : own == null ? List.<List<?>>of() : own) {
      boolean text = name.get(0).equals(DNS_NAME) || name.get(0).equals(URI);
      if (text && name.get(1) instanceof String value && patterns.has(value)) {
        return;
      }
    }
    throw new CertificateException(
        "client certificate: names %s (expected: one of %s)".formatted(own, names));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    authority.checkClientTrusted(chain, type, socket);
    named(chain[0]);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    authority.checkClientTrusted(chain, type, engine);
    named(chain[0]);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    authority.checkClientTrusted(chain, type);
    named(chain[0]);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    authority.checkServerTrusted(chain, type, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    authority.checkServerTrusted(chain, type, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    authority.checkServerTrusted(chain, type);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return authority.getAcceptedIssuers();
  }
}
