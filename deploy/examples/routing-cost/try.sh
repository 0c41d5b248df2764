#!/usr/bin/env bash
# The cheaper target answers, whatever it is called by; explain says why.
# shellcheck source=../demo.sh
source "$(dirname "$0")/../demo.sh"
start "$@"
ask gpt-4o "Say hello." | expect "the cheapest target answers" '^x-drover-target: deepseek'
ask chat "Say hello." -H 'x-drover-strategy: priority' | expect "a client may ask for another strategy" '^HTTP/1.1 200'
echo '{"model":"chat","messages":[{"role":"user","content":"Say hello."}]}' > "$work/request.json"
"$drover" explain "$here/drover.yaml" "$work/request.json" | expect "the decision is explained" 'cost-optimal'
