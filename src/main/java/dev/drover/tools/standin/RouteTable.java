package dev.drover.tools.standin;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The routes of a listener, chosen by authority, path and headers. Immutable. */
record RouteTable(RouteConfiguration config) {
  /** A route and the virtual host it belongs to. */
  record Found(VirtualHost host, Route route) {
    RetryPolicy retryPolicy() {
      return route.getRoute().hasRetryPolicy()
          ? route.getRoute().getRetryPolicy()
          : host.getRetryPolicy();
    }

    /** The most bytes of a body kept for another attempt; 0 when no limit is given. */
    long bodyLimit() {
      return route.hasRequestBodyBufferLimit()
          ? route.getRequestBodyBufferLimit().getValue()
          : host.getRequestBodyBufferLimit().getValue();
    }

    ByteString directBody() {
      return route.getDirectResponse().getBody().getInlineStringBytes();
    }
  }

  @Nullable Found find(HeaderMap headers) {
    for (VirtualHost host : config.getVirtualHostsList()) {
      if (host.getDomainsList().contains("*")
          || host.getDomainsList().contains(headers.text(":authority"))) {
        for (Route route : host.getRoutesList()) {
          if (matches(route.getMatch(), headers)) {
            return new Found(host, route);
          }
        }
        return null;
      }
    }
    return null;
  }

  private static boolean matches(RouteMatch match, HeaderMap headers) {
    String path = headers.text(":path");
    int query = path.indexOf('?');
    String bare = query < 0 ? path : path.substring(0, query);
    boolean pathMatches =
        switch (match.getPathSpecifierCase()) {
          case PREFIX -> path.startsWith(match.getPrefix());
          case PATH -> bare.equals(match.getPath());
          case SAFE_REGEX -> bare.matches(match.getSafeRegex().getRegex());
          default ->
              throw new IllegalArgumentException(
                  "route match: " + match.getPathSpecifierCase() + ": not known to the stand-in");
        };
    return pathMatches
        && match.getHeadersList().stream().allMatch(matcher -> matches(matcher, headers));
  }

  private static boolean matches(HeaderMatcher matcher, HeaderMap headers) {
    String value = headers.get(matcher.getName().toLowerCase(Locale.ROOT));
    boolean found =
        switch (matcher.getHeaderMatchSpecifierCase()) {
          case PRESENT_MATCH -> matcher.getPresentMatch() == (value != null);
          case STRING_MATCH -> value != null && Protos.matches(matcher.getStringMatch(), value);
          default ->
              throw new IllegalArgumentException(
                  "header match: "
                      + matcher.getHeaderMatchSpecifierCase()
                      + ": not known to the stand-in");
        };
    return found != matcher.getInvertMatch();
  }
}
