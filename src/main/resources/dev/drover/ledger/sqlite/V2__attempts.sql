-- The attempts go with their event, as arrays of their values; the view has them as rows.

ALTER TABLE usage_event ADD COLUMN attempts TEXT NOT NULL DEFAULT '[]';

UPDATE usage_event SET attempts = (
  SELECT json_group_array(json_array(
    target, outcome, status, latency_micros, usage_status, input_tokens, cached_tokens,
    written_5m_tokens, written_1h_tokens, output_tokens, reasoning_tokens, cost_nano_usd))
  FROM (SELECT * FROM usage_attempt WHERE event_id = usage_event.id ORDER BY n));

DROP TABLE usage_attempt;

CREATE VIEW usage_attempt AS
SELECT
  event.id             AS event_id,
  attempt.key + 1      AS n,
  attempt.value ->> 0  AS target,
  attempt.value ->> 1  AS outcome,
  attempt.value ->> 2  AS status,
  attempt.value ->> 3  AS latency_micros,
  attempt.value ->> 4  AS usage_status,
  attempt.value ->> 5  AS input_tokens,
  attempt.value ->> 6  AS cached_tokens,
  attempt.value ->> 7  AS written_5m_tokens,
  attempt.value ->> 8  AS written_1h_tokens,
  attempt.value ->> 9  AS output_tokens,
  attempt.value ->> 10 AS reasoning_tokens,
  attempt.value ->> 11 AS cost_nano_usd
FROM usage_event AS event, json_each(event.attempts) AS attempt;
