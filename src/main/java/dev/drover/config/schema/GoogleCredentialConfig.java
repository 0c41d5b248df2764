package dev.drover.config.schema;

import org.jspecify.annotations.Nullable;

/**
 * The way to Google Cloud's access tokens. Without any key, the application default credentials are
 * used: `GOOGLE_APPLICATION_CREDENTIALS`, gcloud's own file, the metadata server.
 */
public record GoogleCredentialConfig(
    @Key(
            doc =
                "File with a service account's key, or with the settings of workload identity federation; read again at each renewal.")
        @Nullable String file,
    @Key(doc = "Whether the metadata server is asked, and nothing else.", def = "false")
        boolean metadata) {}
