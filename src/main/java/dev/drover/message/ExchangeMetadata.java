package dev.drover.message;

import java.util.Map;

/**
 * The data that the router level of an exchange passes to the upstream level in Envoy's dynamic
 * metadata. Clients cannot forge it, providers never see it, and it survives retries.
 *
 * @param exchange the exchange's id
 * @param api the name of the client's API; empty when a Drover of version 0.1 decided
 * @param credential the place of the credential to use, where it has to be that one; else empty
 * @param operation path suffix of the operation, such as {@code /chat/completions}
 */
public record ExchangeMetadata(String exchange, String api, String credential, String operation) {
  /** Metadata key of the exchange's id. */
  public static final String EXCHANGE = "exchange";

  /** Metadata key of the client's API. */
  public static final String API = "api";

  /** Metadata key of the credential's place. */
  public static final String CREDENTIAL = "credential";

  /** Metadata key of the operation. */
  public static final String OPERATION = "operation";

  public Map<String, Object> metadata() {
    return Map.of(EXCHANGE, exchange, API, api, CREDENTIAL, credential, OPERATION, operation);
  }
}
