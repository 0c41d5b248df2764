package dev.drover.credential.cloud;

import com.google.api.client.http.HttpResponseException;
import com.microsoft.aad.msal4j.MsalServiceException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * Tells why a credential was not issued, without what an issuer said in its own words: these may
 * repeat an assertion, a secret or a token.
 */
final class Causes {
  private static final Pattern CODE = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,63}");
  private static final int DEEPEST = 12;

  private Causes() {}

  static String of(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; depth < DEEPEST; depth++) {
      String said = said(cause);
      Throwable next = cause.getCause();
      if (said != null || next == null) {
        return said == null ? cause.getClass().getSimpleName() : said;
      }
      cause = next;
    }
    return cause.getClass().getSimpleName();
  }

  private static @Nullable String said(Throwable cause) {
    return switch (cause) {
      case AwsServiceException e when e.awsErrorDetails() != null ->
          status(e.statusCode(), e.awsErrorDetails().errorCode());
      case HttpResponseException e -> status(e.getStatusCode(), null);
      case MsalServiceException e ->
          status(e.statusCode() == null ? 0 : e.statusCode(), e.errorCode());
      case MissingSetting e -> e.getMessage();
      case NoSuchFileException e -> e.getMessage() + ": no such file";
      case UnknownHostException _ -> "the issuer's host is not known";
      case ConnectException _ -> "no connection to the issuer";
      case SocketTimeoutException _ -> "no answer from the issuer in time";
      case SSLException _ -> "no TLS with the issuer: " + cause.getClass().getSimpleName();
      default -> null;
    };
  }

  private static String status(int status, @Nullable String code) {
    return "status " + status + (code != null && CODE.matcher(code).matches() ? ", " + code : "");
  }
}
