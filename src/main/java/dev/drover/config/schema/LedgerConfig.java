package dev.drover.config.schema;

import org.jspecify.annotations.Nullable;

/** The store for the record of every exchange, and the time for which records are kept. */
public record LedgerConfig(
    @Key(
            doc =
                "`sqlite`: a file beside this Drover. `postgresql`: a database that several share. "
                    + "`none`: no ledger; budgets survive a restart only as far as `server.state_dir` has them.",
            def = "sqlite",
            oneOf = {"sqlite", "postgresql", "none"})
        String store,
    @Key(doc = "The SQLite file. Default: `ledger.db` in `server.state_dir`.")
        @Nullable String path,
    @Key(
            doc =
                "The PostgreSQL database, such as `jdbc:postgresql://db.internal:5432/drover?sslmode=verify-full`.",
            pattern = "jdbc:postgresql://.+")
        @Nullable String url,
    @Key(doc = "The PostgreSQL role.") @Nullable String user,
    @Key(doc = "Its password.") @Nullable CredentialConfig password,
    @Key(
            doc =
                "Days for which single exchanges are kept; at least as long as the longest budget. Sums by day are kept for good.",
            def = "400",
            min = "1",
            max = "36500")
        int retentionDays,
    @Key(
            doc =
                "Most bytes of records that wait on disk, in `server.state_dir`, while the store is down.",
            def = "1GiB",
            min = "64KiB",
            max = "1024GiB")
        ByteSize spoolMax) {}
