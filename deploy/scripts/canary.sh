#!/usr/bin/env bash
# Takes the rollout of a model a step on, watches its gates, and takes it back when one breaks.
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
while [ $# -gt 0 ]; do
  case $1 in
    --model) model=${2-} && shift 2 ;;
    --steps) steps=${2-} && shift 2 ;;
    --watch) watch=${2-} && shift 2 ;;
    --admin) admin=${2-} && shift 2 ;;
    --token-file) token_file=${2-} && shift 2 ;;
    --drover) drover=${2-} && shift 2 ;;
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
# what /rollouts says of the model: one field
field() { rollout status | tr -d ' ",' | sed -n "/^$model:{/,/^}/p" | sed -n "s/^$1://p"; }

if [ -n "$dry" ]; then
  for _ in $(seq "$steps"); do
    echo "would run: $drover rollout promote $model ${arguments[*]}"
    echo "would watch its gates for $watch s, and run on trouble: $drover rollout rollback $model ${arguments[*]}"
  done
  exit 0
fi
[ -n "$(field status)" ] || { echo "canary: $model: no rollout at $admin" >&2 && exit 1; }
for _ in $(seq "$steps"); do
  rollout promote "$model" > /dev/null
  for _ in $(seq "$watch"); do
    case $(field status) in
      rolled_back)
        echo "$model: went back by itself: $(field reason)" >&2
        exit 1
        ;;
    esac
    sleep 1
  done
  echo "$model: $(field percent) %, $(field requests) requests, $(field errors) errors"
done
