package dev.drover.config.schema;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The way to AWS credentials, with which requests are signed (Signature Version 4). Without any
 * key, the AWS SDK's default chain finds them: environment variables, web identity (IRSA), the
 * shared files, EKS Pod Identity, the instance's role.
 */
public record AwsCredentialConfig(
    @Key(
            doc =
                "Region that requests are signed for. Default: the provider's `region`, else the one in `base_url`'s host.",
            pattern = "[a-z0-9-]+")
        @Nullable String region,
    @Key(doc = "Profile of the shared AWS files that the credentials are taken from.")
        @Nullable String profile,
    @Key(
            doc =
                "Role to assume, by STS: with the credentials found, or with the token in `web_identity`.",
            pattern = "arn:[a-z-]+:iam::[0-9]{12}:role/.+")
        @Nullable String roleArn,
    @Key(doc = "External id that the role's trust policy asks for.") @Nullable String externalId,
    @Key(doc = "File with the web identity token for `role_arn`; read again at each renewal.")
        @Nullable String webIdentity) {
  /** Hosts of AWS with a region: {@code bedrock-runtime.us-east-1.amazonaws.com}. */
  private static final Pattern HOST =
      Pattern.compile("[a-z0-9-]+\\.([a-z]{2}-[a-z0-9-]+)\\.(?:amazonaws\\.com|api\\.aws).*");

  /**
   * Returns the region that requests to a host are signed for, or an empty text where nothing tells
   * it.
   *
   * @param region the region in the config, or null
   */
  public static String region(@Nullable String region, String host) {
    if (region != null) {
      return region;
    }
    Matcher matcher = HOST.matcher(host);
    return matcher.matches() ? matcher.group(1) : "";
  }
}
