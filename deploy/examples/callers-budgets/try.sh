#!/usr/bin/env bash
# A team with a budget: who has no key is turned away, and so is a request that may cost more than is left.
# shellcheck source=../demo.sh
source "$(dirname "$0")/../demo.sh"
start "$@"
key='authorization: Bearer dk-search-example'
bash -c "$(grep 'curl -i' "$work/out")" 2> "$work/curl" | expect "the request that try shows, with a key of its own" '^HTTP/1.1 200'
ask chat "Say hello." | expect "no key, no answer" '^HTTP/1.1 401'
ask chat "Say hello." -H "$key" | expect "a key of the team" '^HTTP/1.1 200'
printf '{"model":"chat","messages":[{"role":"user","content":"%s"}]}' "$(head -c 100000 /dev/zero | tr '\0' a)" > "$work/long"
curl -sS -i "$url/v1/chat/completions" -H "$key" -H 'content-type: application/json' -d @"$work/long" > "$work/answer"
expect "a request that may cost more than is left" '^HTTP/1.1 429' < "$work/answer"
expect "is told so" 'budget_exceeded' < "$work/answer"
curl -sS "$console/budgets" > "$work/budgets"
expect "what was spent is counted to the nano-dollar" '"spent" : 0\.[0-9]*[1-9]' < "$work/budgets"
