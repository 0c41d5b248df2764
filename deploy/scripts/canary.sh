#!/usr/bin/env bash
# Takes the rollout of a model a step on and watches it. When a gate breaks Drover takes it back by itself, and this says so;
# when this is stopped or hears nothing any more, it takes it back.
set -euo pipefail

usage() {
  cat << 'END'
usage: canary.sh --model NAME [--steps N] [--watch SECONDS] [--admin URL] [--token-file FILE] [--drover PATH] [--dry-run]
  --model       whose rollout
  --steps       how many stages further (default: 1)
  --watch       how long each is watched (default: 300)
  --admin       Drover's admin address (default: http://127.0.0.1:9003)
  --token-file  a file with the admin token; without it DROVER_ADMIN_TOKEN
  --drover      the command line (default: drover on the PATH)
  --dry-run     say what would be done, do nothing
END
}

model='' steps=1 watch=300 admin=http://127.0.0.1:9003 token_file='' drover=drover dry=''
# an option's value; the next option is none
value() {
  if [ $# -lt 2 ] || [ -z "$2" ] || [[ $2 == --* ]]; then
    echo "canary: $1: no value (see --help)" >&2
    exit 2
  fi
}

while [ $# -gt 0 ]; do
  case $1 in
    --model) value "$@" && model=$2 && shift 2 ;;
    --steps) value "$@" && steps=$2 && shift 2 ;;
    --watch) value "$@" && watch=$2 && shift 2 ;;
    --admin) value "$@" && admin=$2 && shift 2 ;;
    --token-file) value "$@" && token_file=$2 && shift 2 ;;
    --drover) value "$@" && drover=$2 && shift 2 ;;
    --dry-run) dry=yes && shift ;;
    -h | --help) usage && exit 0 ;;
    *) echo "canary: $1: unknown (see --help)" >&2 && exit 2 ;;
  esac
done
[ -n "$model" ] || { echo "canary: --model: missing (expected: a model with a rollout)" >&2 && exit 2; }
for number in "$steps" "$watch"; do
  [[ $number =~ ^[0-9]+$ ]] || { echo "canary: $number (expected: a whole number)" >&2 && exit 2; }
done

arguments=(--admin "$admin")
[ -z "$token_file" ] || arguments+=(--token-file "$token_file")
rollout() { "$drover" rollout "$@" "${arguments[@]}"; }
# what /rollouts says of the model: one field; fails when nobody answers
field() {
  local page
  page=$(rollout status) || return 1
  tr -d ' ",' <<< "$page" | awk -v head="$model:{" -v name="$1:" \
    '$0 == head { found = 1; next } found && /^}/ { exit } found && index($0, name) == 1 { print substr($0, length(name) + 1) }'
}
back() {
  echo "canary: $model: $1; taking it back" >&2
  rollout rollback "$model" >&2 || echo "canary: that failed too: look at Drover" >&2
  exit 1
}

if [ -n "$dry" ]; then
  for _ in $(seq "$steps"); do
    echo "would run: $drover rollout promote $model ${arguments[*]}"
    echo "would watch its gates for $watch s, and run when it is stopped or hears nothing: $drover rollout rollback $model ${arguments[*]}"
  done
  exit 0
fi
status=$(field status) || { echo "canary: $admin: no answer" >&2 && exit 1; }
[ -n "$status" ] || { echo "canary: $model: no rollout at $admin" >&2 && exit 1; }
trap 'back "stopped"' INT TERM
for _ in $(seq "$steps"); do
  rollout promote "$model" > /dev/null || back "it cannot be taken on"
  for _ in $(seq "$watch"); do
    status=$(field status) || back "no answer from $admin"
    case $status in
      rolled_back)
        echo "canary: $model: went back by itself: $(field reason)" >&2
        exit 1
        ;;
      '') back "no rollout any more" ;;
    esac
    sleep 1
  done
  echo "$model: $(field percent) %, $(field requests) requests, $(field errors) errors"
done
