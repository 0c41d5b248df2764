package dev.drover.tools.standin;

import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor.RouteCacheAction;
import io.envoyproxy.envoy.service.ext_proc.v3.CommonResponse;

/** Decides whether a response of the ext_proc server makes Envoy choose the route again. */
final class RouteCache {
  private RouteCache() {}

  static void onAnswer(ExtProcFilter filter, CommonResponse answer) {
    ExternalProcessor config = filter.settings.config();
    boolean asked = answer.getClearRouteCache();
    boolean always = config.getRouteCacheAction() == RouteCacheAction.CLEAR;
    boolean never =
        config.getRouteCacheAction() == RouteCacheAction.RETAIN
            || config.getDisableClearRouteCache();
    if (!asked && !always) {
      return;
    }
    if (filter.settings.upstreamLevel()) {
      count(filter, asked, "clear_route_cache_upstream_ignored");
    } else if (never) {
      count(filter, asked, "clear_route_cache_disabled");
    } else if (!answer.hasHeaderMutation()) {
      count(filter, asked, "clear_route_cache_ignored");
    } else {
      filter.host.clearRoute();
    }
  }

  private static void count(ExtProcFilter filter, boolean asked, String counter) {
    if (asked) {
      filter.counters.add(counter);
    }
  }
}
