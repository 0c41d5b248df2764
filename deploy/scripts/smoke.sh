#!/usr/bin/env bash
# Asks a deployment for a model list, an answer and a stream, as a client would, and says what came.
set -euo pipefail

usage() {
  cat << 'END'
usage: smoke.sh --url URL [--model NAME] [--key-file FILE] [--admin URL] [--dry-run]
  --url       where clients call, such as https://llm.example.com
  --model     which model is asked (default: the first of /v1/models)
  --key-file  a file with a caller's key
  --admin     Drover's admin address; its readiness is looked at too
  --dry-run   say what would be asked, ask nothing
END
}

url='' model='' key_file='' admin='' dry=''
# an option's value; the next option is none
value() {
  if [ $# -lt 2 ] || [ -z "$2" ] || [[ $2 == --* ]]; then
    echo "smoke: $1: no value (see --help)" >&2
    exit 2
  fi
}

while [ $# -gt 0 ]; do
  case $1 in
    --url) value "$@" && url=$2 && shift 2 ;;
    --model) value "$@" && model=$2 && shift 2 ;;
    --key-file) value "$@" && key_file=$2 && shift 2 ;;
    --admin) value "$@" && admin=$2 && shift 2 ;;
    --dry-run) dry=yes && shift ;;
    -h | --help) usage && exit 0 ;;
    *) echo "smoke: $1: unknown (see --help)" >&2 && exit 2 ;;
  esac
done
[ -n "$url" ] || { echo "smoke: --url: missing (expected: where clients call)" >&2 && exit 2; }
[ -z "$key_file" ] || { [ -f "$key_file" ] && [ -r "$key_file" ]; } || { echo "smoke: --key-file: $key_file: cannot be read" >&2 && exit 2; }

body() { printf '{"model":"%s","max_tokens":16,"stream":%s,"messages":[{"role":"user","content":"Say hello."}]}' "$1" "$2"; }

[[ $model != *[\"\\]* ]] || { echo "smoke: --model: $model (expected: a name without quotes)" >&2 && exit 2; }

# The key travels by a file that only this user can read: arguments are seen by everybody.
config=$(mktemp)
trap 'rm -f "$config"' EXIT
[ -z "$key_file" ] || printf 'header = "authorization: Bearer %s"\n' "$(cat "$key_file")" > "$config"
call() { curl -sS -m 60 -K "$config" "$@"; }

step() {
  local what=$1 pattern=$2
  shift 2
  if [ -n "$dry" ]; then
    echo "would ask: $what: $*"
    return
  fi
  local got
  got=$(call "$@") || { echo "FAILED: $what: no answer" >&2 && exit 1; }
  if grep -qE -- "$pattern" <<< "$got"; then
    echo "ok: $what"
  else
    echo "FAILED: $what (expected: $pattern)" >&2
    head -c 500 <<< "$got" >&2
    exit 1
  fi
}

[ -z "$admin" ] || step "Drover is ready" '^ready' "$admin/health/ready"
step "models are listed" '"object" ?: ?"list"' "$url/v1/models"
if [ -z "$model" ]; then
  model=default
  [ -n "$dry" ] || model=$(call "$url/v1/models" | grep -oE '"id" ?: ?"[^"]+"' | head -1 | sed -E 's/.*"([^"]+)"$/\1/')
fi
step "$model answers, through Drover" '^[Xx]-[Dd]rover-[Tt]arget:' -i "$url/v1/chat/completions" \
  -H 'content-type: application/json' -d "$(body "$model" false)"
step "$model streams to the end" '^data: \[DONE\]' -N "$url/v1/chat/completions" \
  -H 'content-type: application/json' -d "$(body "$model" true)"
