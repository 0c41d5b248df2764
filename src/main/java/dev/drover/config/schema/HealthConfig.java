package dev.drover.config.schema;

import java.time.Duration;
import java.util.Map;

/**
 * The settings that decide when a breaker opens, how long a throttled target rests, and how targets
 * are probed.
 */
public record HealthConfig(
    @Key(doc = "Failures in a row that open the breaker.", def = "5", min = "1", max = "1000")
        int failuresInRow,
    @Key(
            doc = "Share of failed requests in the window that opens it.",
            def = "0.5",
            min = "0.01",
            max = "1")
        double failureShare,
    @Key(
            doc = "Requests the window must hold before the share counts.",
            def = "10",
            min = "1",
            max = "100000")
        int minRequests,
    @Key(doc = "The sliding window.", def = "60s", min = "1s", max = "1h") Duration window,
    @Key(
            doc = "How long it stays open the first time; doubles each time a trial fails.",
            def = "60s",
            min = "100ms",
            max = "1h")
        Duration openFor,
    @Key(doc = "The longest it stays open.", def = "10m", min = "100ms", max = "24h")
        Duration openAtMost,
    @Key(
            doc =
                "Whether requests go to the least ill target when no target of a model is well, as Envoy's panic "
                    + "threshold does. Without it they get 503 until a trial is due.",
            def = "true")
        boolean panic,
    @Key(
            doc =
                "When all targets of a model rest after a 429: the time between two requests that try one all the same, "
                    + "give or take half. The others get 429.",
            def = "2s",
            min = "1s",
            max = "5s")
        Duration trialEvery,
    @Key(doc = "Rest after a 429 that names no Retry-After.", def = "5s", min = "0s", max = "1h")
        Duration coolDown,
    @Key(
            doc =
                "Rest of a key that got 401 or 403, as long as the provider has another one; read anew, it serves at once.",
            def = "5m",
            min = "1s",
            max = "24h")
        Duration keyRest,
    @Key(
            doc =
                "What HTTP statuses mean where that differs from the rule: 5xx failure, 408 and 504 timeout, 429 throttled, "
                    + "401 and 403 credential_rejected, other 4xx caller_fault.",
            def = "{}",
            pattern = "[1-5][0-9]{2}",
            oneOf = {
              "success",
              "failure",
              "timeout",
              "throttled",
              "credential_rejected",
              "caller_fault"
            })
        Map<String, String> statuses,
    @Key(
            doc = "Latencies that percentiles are taken over: the last so many.",
            def = "1000",
            min = "10",
            max = "100000")
        int latencySamples,
    @Key(
            doc =
                "How a target without traffic is watched, by Drover itself: `models` asks for the list of models, which is free; "
                    + "`completion` for an answer of one token, about ten tokens each time; `none` leaves it to traffic.",
            def = "none",
            oneOf = {"none", "models", "completion"})
        String probe,
    @Key(
            doc = "Time without traffic after which a probe is due, and between probes.",
            def = "10s",
            min = "1s",
            max = "1h")
        Duration probeEvery) {}
