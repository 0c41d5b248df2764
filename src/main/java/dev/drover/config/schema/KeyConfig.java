package dev.drover.config.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A key that clients identify themselves with; `drover key new` makes one. */
public record KeyConfig(
    @Key(doc = "Its name, for records, metrics and messages.", pattern = Names.NAME) String id,
    @Key(name = "sha256", doc = "SHA-256 of the secret, in hexadecimal.", pattern = "[0-9a-f]{64}")
        String sha256,
    @Key(
            name = "next_sha256",
            doc = "SHA-256 of a second secret, valid as well: for the time of a rotation.",
            pattern = "[0-9a-f]{64}")
        @Nullable String nextSha256,
    @Key(doc = "The team it belongs to.") @Nullable String team,
    @Key(doc = "What it is used for, for records.", pattern = Names.NAME) @Nullable String project,
    @Key(doc = "The only models it may ask for; none given: all.") @Nullable List<String> models,
    @Key(
            doc = "From when on it is not valid any more, such as 2027-01-31T00:00:00Z.",
            pattern = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})")
        @Nullable String expires,
    @Key(doc = "What it may ask for.") @Nullable LimitsConfig limits,
    @Key(doc = "What it may spend.", def = "[]") List<BudgetConfig> budgets) {}
