#!/usr/bin/env bash
# The old target answers; the new one is asked the same and compared.
# shellcheck source=../demo.sh
source "$(dirname "$0")/../demo.sh"
start "$@"
for _ in 1 2 3; do ask chat "Say hello." | expect "the client gets the old target's answer" '^x-drover-target: gpt-4.1'; done
for _ in $(seq 50); do
  curl -sS "$console/metrics" > "$work/metrics"
  if grep -qE '^drover_shadow_exchanges_total.* 3.0' "$work/metrics"; then break; fi
  sleep 0.1
done
grep '^drover_shadow' "$work/metrics" | expect "three answers were compared" '^drover_shadow_exchanges_total.* 3.0'
