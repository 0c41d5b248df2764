package dev.drover.config.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.drover.config.bind.Problems;
import dev.drover.config.schema.AwsCredentialConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks that each credential of a provider says one way to get it, and all that way needs. */
final class CredentialChecks {
  private static final List<String> WAYS = List.of("env", "file", "aws", "google", "azure");

  private final Problems problems;

  CredentialChecks(Problems problems) {
    this.problems = problems;
  }

  void check(String path, JsonNode provider) {
    JsonNode credentials = provider.path("credentials");
    for (int i = 0; credentials.isArray() && i < credentials.size(); i++) {
      credential(path + ".credentials[" + i + "]", credentials.get(i), provider);
    }
  }

  private void credential(String path, JsonNode credential, JsonNode provider) {
    if (!credential.isObject()) {
      return;
    }
    List<String> set = WAYS.stream().filter(credential::hasNonNull).toList();
    if (set.size() != 1) {
      problems.add(
          path,
          set.isEmpty() ? "none of " + String.join(", ", WAYS) : String.join(" and ", set),
          "exactly one of " + String.join(", ", WAYS));
    }
    if (credential.hasNonNull("aws")) {
      aws(path + ".aws", credential.path("aws"), provider);
    }
    JsonNode google = credential.path("google");
    if (google.hasNonNull("file") && google.path("metadata").asBoolean()) {
      problems.add(path + ".google", "file and metadata", "one of file, metadata");
    }
    azure(path + ".azure", credential.path("azure"));
  }

  private void aws(String path, JsonNode aws, JsonNode provider) {
    if (AwsCredentialConfig.region(region(aws, provider), host(provider)).isEmpty()) {
      problems.add(
          path + ".region",
          "none, and none in base_url",
          "the region that requests are signed for");
    }
    if (aws.hasNonNull("web_identity") && !aws.hasNonNull("role_arn")) {
      problems.add(path + ".web_identity", "no role_arn", "the role that the token stands for");
    }
    if (aws.hasNonNull("external_id") && !aws.hasNonNull("role_arn")) {
      problems.add(path + ".external_id", "no role_arn", "the role that asks for it");
    }
  }

  private static @Nullable String region(JsonNode aws, JsonNode provider) {
    String own = aws.path("region").textValue();
    return own == null ? provider.path("region").textValue() : own;
  }

  private void azure(String path, JsonNode azure) {
    List<String> proofs =
        Stream.of("federated_token_file", "managed_identity", "secret")
            .filter(key -> azure.hasNonNull(key) && !azure.path(key).equals(BooleanNode.FALSE))
            .toList();
    if (proofs.size() > 1) {
      problems.add(
          path,
          String.join(" and ", proofs),
          "one of federated_token_file, managed_identity, secret");
    }
    place(path + ".secret", azure.path("secret"));
  }

  /** Checks the place of any secret: a variable or a file. */
  void place(String path, JsonNode place) {
    boolean env = place.hasNonNull("env");
    boolean file = place.hasNonNull("file");
    if (env == file && place.isObject()) {
      problems.add(path, env ? "env and file" : "neither env nor file", "exactly one of env, file");
    }
  }

  private static String host(JsonNode provider) {
    try {
      String host = new URI(provider.path("base_url").asText()).getHost();
      return host == null ? "" : host.toLowerCase(Locale.ROOT);
    } catch (URISyntaxException _) {
      return ""; // the address is reported elsewhere
    }
  }
}
