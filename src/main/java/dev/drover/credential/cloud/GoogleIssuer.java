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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Issues access tokens of Google Cloud by Google's own library. */
public final class GoogleIssuer implements Issuer<String> {
  /** The scope that Vertex AI asks for. */
  private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";

  private final GoogleCredentialConfig config;
  private final HttpTransportFactory transports;

  private final Function<String, @Nullable String> environment;

  /**
   * @param transports make the connections to token servers
   * @param environment looks an environment variable up, null when unset
   */
  public GoogleIssuer(
      GoogleCredentialConfig config,
      HttpTransportFactory transports,
      Function<String, @Nullable String> environment) {
    this.config = config;
    this.transports = transports;
    this.environment = environment;
  }

  /** Asks with the file as it is now, so that a rotated one is taken up. */
  @Override
  public Issued<String> issue() throws IOException {
    AccessToken token = credentials().createScoped(SCOPE).refreshAccessToken();
    Date end = token.getExpirationTime();
    return new Issued<>(token.getTokenValue(), end == null ? null : end.toInstant());
  }

  private GoogleCredentials credentials() throws IOException {
    Path file = config.file() == null ? usualFile() : Path.of(config.file());
    if (config.metadata() || file == null) {
      return ComputeEngineCredentials.newBuilder().setHttpTransportFactory(transports).build();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return GoogleCredentials.fromStream(in, transports);
    }
  }

  /**
   * Returns the file with the application default credentials, or null where there is none. The
   * library finds it too, but keeps what it found for the life of the process.
   */
  private @Nullable Path usualFile() {
    String named = environment.apply("GOOGLE_APPLICATION_CREDENTIALS");
    if (named != null && !named.isEmpty()) {
      return Path.of(named);
    }
    String folder = environment.apply("CLOUDSDK_CONFIG");
    String home = environment.apply("HOME");
    if (folder == null && home == null) {
      return null;
    }
    Path gcloud = folder == null ? Path.of(home, ".config", "gcloud") : Path.of(folder);
    Path file = gcloud.resolve("application_default_credentials.json");
    return Files.exists(file) ? file : null;
  }
}
