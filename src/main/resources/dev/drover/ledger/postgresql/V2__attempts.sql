-- The attempts go with their event, as arrays of their values; the view has them as rows.

SET LOCAL statement_timeout = 0;

ALTER TABLE usage_event ADD COLUMN attempts TEXT NOT NULL DEFAULT '[]';

UPDATE usage_event SET attempts = old.attempts
FROM (
  SELECT event_id, json_agg(json_build_array(
    target, outcome, status, latency_micros, usage_status, input_tokens, cached_tokens,
    written_5m_tokens, written_1h_tokens, output_tokens, reasoning_tokens, cost_nano_usd)
    ORDER BY n)::text AS attempts
  FROM usage_attempt GROUP BY event_id) AS old
WHERE old.event_id = usage_event.id;

DROP TABLE usage_attempt;

CREATE VIEW usage_attempt AS
SELECT
  event.id                            AS event_id,
  attempt.n::integer                  AS n,
  attempt.value ->> 0                 AS target,
  attempt.value ->> 1                 AS outcome,
  (attempt.value ->> 2)::integer      AS status,
  (attempt.value ->> 3)::bigint       AS latency_micros,
  attempt.value ->> 4                 AS usage_status,
  (attempt.value ->> 5)::bigint       AS input_tokens,
  (attempt.value ->> 6)::bigint       AS cached_tokens,
  (attempt.value ->> 7)::bigint       AS written_5m_tokens,
  (attempt.value ->> 8)::bigint       AS written_1h_tokens,
  (attempt.value ->> 9)::bigint       AS output_tokens,
  (attempt.value ->> 10)::bigint      AS reasoning_tokens,
  (attempt.value ->> 11)::bigint      AS cost_nano_usd
FROM usage_event AS event,
  json_array_elements(event.attempts::json) WITH ORDINALITY AS attempt (value, n);
