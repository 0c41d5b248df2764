package dev.drover.credential.cloud;

import com.google.auth.http.HttpTransportFactory;
import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.ComputeEngineCredentials;
import com.google.auth.oauth2.GoogleCredentials;
import dev.drover.config.schema.GoogleCredentialConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Date;

/** Issues access tokens of Google Cloud by Google's own library. */
public final class GoogleIssuer implements Issuer<String> {
  /** The scope that Vertex AI asks for. */
  private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";

  private final GoogleCredentialConfig config;
  private final HttpTransportFactory transports;

  /**
   * @param transports make the connections to token servers
   */
  public GoogleIssuer(GoogleCredentialConfig config, HttpTransportFactory transports) {
    this.config = config;
    this.transports = transports;
  }

  /** Asks with the file as it is now, so that a rotated one is taken up. */
  @Override
  public Issued<String> issue() throws IOException {
    AccessToken token = credentials().createScoped(SCOPE).refreshAccessToken();
    Date end = token.getExpirationTime();
    return new Issued<>(token.getTokenValue(), end == null ? null : end.toInstant());
  }

  private GoogleCredentials credentials() throws IOException {
    if (config.file() != null) {
      try (InputStream in = Files.newInputStream(Path.of(config.file()))) {
        return GoogleCredentials.fromStream(in, transports);
      }
    }
    return config.metadata()
        ? ComputeEngineCredentials.newBuilder().setHttpTransportFactory(transports).build()
        : GoogleCredentials.getApplicationDefault(transports);
  }
}
