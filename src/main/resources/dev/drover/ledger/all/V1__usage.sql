-- Money in nano-dollars, times in microseconds, days since 1970, all in UTC.

CREATE TABLE usage_event (
  id                TEXT     NOT NULL PRIMARY KEY,
  kind              TEXT     NOT NULL,
  started_micros    BIGINT   NOT NULL,
  team              TEXT     NOT NULL,
  project           TEXT     NOT NULL,
  key_id            TEXT     NOT NULL,
  tags              TEXT     NOT NULL,
  operation         TEXT     NOT NULL,
  model             TEXT     NOT NULL,
  stream            SMALLINT NOT NULL,
  task              TEXT     NOT NULL,
  policy            TEXT     NOT NULL,
  target            TEXT     NOT NULL,
  provider_model    TEXT     NOT NULL,
  ending            TEXT     NOT NULL,
  status            INTEGER  NOT NULL,
  code              TEXT     NOT NULL,
  cache             TEXT     NOT NULL,
  usage_status      TEXT     NOT NULL,
  input_tokens      BIGINT   NOT NULL,
  cached_tokens     BIGINT   NOT NULL,
  written_5m_tokens BIGINT   NOT NULL,
  written_1h_tokens BIGINT   NOT NULL,
  output_tokens     BIGINT   NOT NULL,
  reasoning_tokens  BIGINT   NOT NULL,
  provider_total    BIGINT   NOT NULL,
  cost_nano_usd     BIGINT   NOT NULL,
  charged_tokens    BIGINT   NOT NULL,
  charged_nano_usd  BIGINT   NOT NULL,
  saved_nano_usd    BIGINT   NOT NULL,
  duration_micros   BIGINT   NOT NULL,
  first_byte_micros BIGINT   NOT NULL
);

CREATE INDEX usage_event_started ON usage_event (started_micros);
CREATE INDEX usage_event_team ON usage_event (team, started_micros);

CREATE TABLE usage_attempt (
  event_id          TEXT    NOT NULL,
  n                 INTEGER NOT NULL,
  target            TEXT    NOT NULL,
  outcome           TEXT    NOT NULL,
  status            INTEGER NOT NULL,
  latency_micros    BIGINT  NOT NULL,
  usage_status      TEXT    NOT NULL,
  input_tokens      BIGINT  NOT NULL,
  cached_tokens     BIGINT  NOT NULL,
  written_5m_tokens BIGINT  NOT NULL,
  written_1h_tokens BIGINT  NOT NULL,
  output_tokens     BIGINT  NOT NULL,
  reasoning_tokens  BIGINT  NOT NULL,
  cost_nano_usd     BIGINT  NOT NULL,
  PRIMARY KEY (event_id, n)
);

-- The sums by day, kept when single events are gone. Written together with them.
CREATE TABLE usage_day (
  team              TEXT    NOT NULL,
  day               INTEGER NOT NULL,
  kind              TEXT    NOT NULL,
  project           TEXT    NOT NULL,
  key_id            TEXT    NOT NULL,
  tags              TEXT    NOT NULL,
  model             TEXT    NOT NULL,
  target            TEXT    NOT NULL,
  ending            TEXT    NOT NULL,
  events            BIGINT  NOT NULL,
  hits              BIGINT  NOT NULL,
  estimated         BIGINT  NOT NULL,
  input_tokens      BIGINT  NOT NULL,
  cached_tokens     BIGINT  NOT NULL,
  written_5m_tokens BIGINT  NOT NULL,
  written_1h_tokens BIGINT  NOT NULL,
  output_tokens     BIGINT  NOT NULL,
  reasoning_tokens  BIGINT  NOT NULL,
  cost_nano_usd     BIGINT  NOT NULL,
  charged_tokens    BIGINT  NOT NULL,
  charged_nano_usd  BIGINT  NOT NULL,
  saved_nano_usd    BIGINT  NOT NULL,
  PRIMARY KEY (team, day, kind, project, key_id, tags, model, target, ending)
);

CREATE INDEX usage_day_day ON usage_day (day);
