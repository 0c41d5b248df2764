package dev.drover.migrate;

import static dev.drover.migrate.Trees.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The deployments at Amazon Bedrock and Google Vertex AI, whose address follows from a region.
 * Confined to one file.
 */
final class CloudForms {
  /** The parameters of a deployment at Bedrock. */
  private static final Set<String> AWS =
      Set.of(
          "aws_region_name",
          "aws_role_name",
          "aws_session_name",
          "aws_profile_name",
          "aws_web_identity_token",
          "aws_access_key_id",
          "aws_secret_access_key",
          "aws_session_token");

  /** The parameters of a deployment at Vertex. */
  private static final Set<String> GOOGLE =
      Set.of("vertex_project", "vertex_location", "vertex_credentials");

  /** The location that LiteLLM takes where a deployment says none. */
  private static final String USUAL_LOCATION = "us-central1";

  private static final Pattern REGION = Pattern.compile("[a-z]{2}(?:-[a-z]+)+-[0-9]+");
  private static final Pattern PLACE = Pattern.compile("[a-z0-9-]+");
  private static final Pattern PROJECT = Pattern.compile("[a-z0-9:.-]+");
  private static final Pattern ROLE = Pattern.compile("arn:[a-z-]+:iam::[0-9]{12}:role/.+");
  private static final Pattern WEB_IDENTITY = Pattern.compile("(?:oidc/file/)?(/.+)");

  /**
   * A deployment at a cloud.
   *
   * @param provider the provider as it stands in Drover's config
   * @param model the cloud's name for the model
   * @param known the parameters that were looked at
   * @param problem why it cannot be taken over; empty when it can
   */
  record Form(Map<String, Object> provider, String model, Set<String> known, String problem) {
    static Form none(String problem) {
      return new Form(Map.of(), "", Set.of(), problem);
    }
  }

  private final Values values;
  private final Notes notes;

  CloudForms(Values values, Notes notes) {
    this.values = values;
    this.notes = notes;
  }

  /** Returns whether a provider is one of these clouds. */
  static boolean has(String provider) {
    return provider.equals("bedrock") || provider.equals("vertex_ai");
  }

  /** Returns a deployment at a cloud; null when it is at none. */
  @Nullable Form of(String path, ModelName model, Map<String, Object> params) {
    if (!has(model.provider())) {
      return null;
    }
    if (params.get("api_base") != null) {
      return Form.none("litellm_params.api_base: its own address is the only one known for it");
    }
    return model.provider().equals("bedrock")
        ? bedrock(path, model.name(), params)
        : vertex(path, model.name(), params);
  }

  private Form bedrock(String path, String name, Map<String, Object> params) {
    String model = name;
    String region = text(values.resolved(params.get("aws_region_name"))).strip();
    for (String part : name.split("/", -1)) {
      boolean place = REGION.matcher(part).matches();
      if (!place && !part.equals("converse") && !part.equals("invoke")) {
        break;
      }
      region = place ? part : region;
      model = model.substring(Math.min(model.length(), part.length() + 1));
    }
    if (model.isEmpty() || (model.contains("/") && !model.startsWith("arn:"))) {
      return Form.none("litellm_params.model: expected: a model of Bedrock after bedrock/");
    }
    if (!PLACE.matcher(region).matches()) {
      return Form.none(
          "aws_region_name: %s (expected: a region that stands in the file)"
              .formatted(Notes.shown(region)));
    }
    Map<String, Object> provider = new LinkedHashMap<>();
    provider.put("kind", "bedrock");
    provider.put("region", region);
    provider.put("credentials", List.of(aws(path, params)));
    return new Form(provider, model, AWS, "");
  }

  private Map<String, Object> aws(String path, Map<String, Object> params) {
    String key = text(params.get("api_key")).strip();
    if (key.startsWith(Values.ENV)
        && key.substring(Values.ENV.length()).matches(ProviderEntries.VARIABLE)) {
      return Map.of("env", key.substring(Values.ENV.length()));
    }
    if (!key.isEmpty()) {
      notes.add(path + ".api_key: a secret in the file: put it where `credentials` can find it");
    }
    Map<String, Object> aws = new LinkedHashMap<>();
    taken(path, params, "aws_role_name", ROLE, "a role's ARN", aws, "role_arn");
    taken(path, params, "aws_profile_name", Pattern.compile(".+"), "a name", aws, "profile");
    if (aws.containsKey("role_arn")) {
      taken(path, params, "aws_web_identity_token", WEB_IDENTITY, "a file", aws, "web_identity");
    }
    if (params.get("aws_access_key_id") != null || params.get("aws_secret_access_key") != null) {
      notes.add(
          path
              + ".aws_access_key_id: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY where Drover is started, or name a profile");
    }
    return Map.of("aws", aws);
  }

  private Form vertex(String path, String model, Map<String, Object> params) {
    String project = text(values.resolved(params.get("vertex_project"))).strip();
    Object given = values.resolved(params.get("vertex_location"));
    String location = given == null ? USUAL_LOCATION : text(given).strip();
    if (!PROJECT.matcher(project).matches()) {
      return Form.none(
          "vertex_project: %s (expected: a project that stands in the file)"
              .formatted(Notes.shown(project)));
    }
    if (!PLACE.matcher(location).matches()) {
      return Form.none(
          "vertex_location: %s (expected: a location that stands in the file)"
              .formatted(Notes.shown(location)));
    }
    if (!model.startsWith("gemini") && !model.startsWith("claude")) {
      return Form.none("of Vertex's models only Google's and Anthropic's are known");
    }
    Map<String, Object> google = new LinkedHashMap<>();
    taken(
        path,
        params,
        "vertex_credentials",
        Pattern.compile("[^{\\n]+\\.json"),
        "a file",
        google,
        "file");
    Map<String, Object> provider = new LinkedHashMap<>();
    provider.put("kind", "vertex");
    provider.put("region", location);
    provider.put("project", project);
    provider.put("credentials", List.of(Map.of("google", google)));
    return new Form(provider, model, GOOGLE, "");
  }

  /** Takes a parameter over, or notes that it has another form. Its value may be a secret. */
  private void taken(
      String path,
      Map<String, Object> params,
      String name,
      Pattern form,
      String expected,
      Map<String, Object> to,
      String as) {
    Object value = values.resolved(params.get(name));
    if (value == null) {
      return;
    }
    Matcher matcher = form.matcher(text(value).strip());
    boolean variable = text(value).startsWith(Values.ENV);
    if (variable || !matcher.matches()) {
      notes.add("%s.%s: left out (expected: %s)".formatted(path, name, expected));
      return;
    }
    to.put(as, matcher.groupCount() > 0 ? matcher.group(1) : matcher.group());
  }
}
