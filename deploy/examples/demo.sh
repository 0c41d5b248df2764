# shellcheck shell=bash
# shellcheck disable=SC2034 # console and token are for those who source this
# For the examples' try.sh: runs the example's config on this machine with a fake in place of each provider, and ends it again.
# PORT says where the data plane listens (default: 10000).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
drover=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/drover
port=${PORT:-10000}
url=http://127.0.0.1:$port
work=$(mktemp -d)
pid=

stop() {
  if [ -n "$pid" ]; then
    kill "$pid" 2> /dev/null || true
    wait "$pid" 2> /dev/null || true
  fi
  rm -rf "$work"
}
trap stop EXIT

# start [--failing PROVIDER]...: waits until the data plane answers
start() {
  "$drover" try "$here/drover.yaml" --port "$port" "$@" > "$work/out" 2>&1 &
  pid=$!
  for _ in $(seq 900); do # three minutes at most
    if grep -q 'Listens at' "$work/out"; then
      console=$(sed -n 's/^Console: *\(http[^ ]*\).*/\1/p' "$work/out")
      token=$(sed -n 's/.*token in \(.*\))$/\1/p' "$work/out")
      return
    fi
    kill -0 "$pid" 2> /dev/null || break
    sleep 0.2
  done
  cat "$work/out" >&2
  echo "the demo did not start" >&2
  exit 1
}

# ask MODEL TEXT [CURL OPTION]...: the answer's status and headers, and its body after an empty line
ask() {
  local model=$1 text=$2
  shift 2
  curl -sS -i -m 20 "$url/v1/chat/completions" -H 'content-type: application/json' "$@" \
    -d "{\"model\":\"$model\",\"messages\":[{\"role\":\"user\",\"content\":\"$text\"}]}" | tr -d '\r'
}

# expect WHAT PATTERN: reads from standard input
expect() {
  local got
  got=$(cat)
  if grep -qE "$2" <<< "$got"; then
    echo "ok: $1"
  else
    echo "NOT so: $1 (expected: $2)" >&2
    echo "$got" >&2
    exit 1
  fi
}
