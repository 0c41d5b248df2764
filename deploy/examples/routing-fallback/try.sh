#!/usr/bin/env bash
# The first provider fails; the second answers the same request.
# shellcheck source=../demo.sh
source "$(dirname "$0")/../demo.sh"
start --failing holysheep "$@"
ask chat "Say hello." > "$work/answer"
expect "the client sees an answer" '^HTTP/1.1 200' < "$work/answer"
expect "of the second target" '^x-drover-target: gpt-4.1' < "$work/answer"
expect "after two attempts" '^x-drover-attempts: 2' < "$work/answer"
for _ in 1 2 3 4 5; do ask chat "Say hello." > "$work/answer"; done
expect "after five failures in a row the breaker spares the first" '^x-drover-attempts: 1' < "$work/answer"
curl -sS "$console/targets" | expect "and the console says so" '"breaker" : "open"'
