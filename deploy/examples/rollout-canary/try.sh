#!/usr/bin/env bash
# A tenth of the sessions goes to the new target; a step on, half of them; and all back at once.
# shellcheck source=../demo.sh
source "$(dirname "$0")/../demo.sh"
start "$@"
share() {
  local new=0
  for i in $(seq 60); do
    if ask chat "Say hello." -H "x-drover-session: s$1-$i" | grep -q '^x-drover-target: deepseek'; then new=$((new + 1)); fi
  done
  echo "$new of 60 went to the new target"
}
share 1 | expect "the first stage" '^([1-9]|1[0-9]) of 60'
"$here/../../scripts/canary.sh" --drover "$drover" --admin "$console" --token-file "$token" --model chat --steps 1 --watch 1 \
  | expect "a step on" 'chat: 50 %'
share 2 | expect "the second stage" '^(1[5-9]|[234][0-9]) of 60'
"$drover" rollout rollback chat --admin "$console" --token-file "$token" | expect "back" 'rolled_back'
share 3 | expect "nobody is sent to the new target" '^0 of 60'
