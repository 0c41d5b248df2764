#!/usr/bin/env bash
# Takes a Helm release of Drover back to an earlier revision, waits for it, and looks whether it serves.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() {
  cat << 'END'
usage: rollback.sh --release NAME [--namespace NAME] [--revision N] [--url URL [--key-file FILE]] [--dry-run]
  --release    the Helm release
  --namespace  its namespace (default: that of the current context)
  --revision   which revision (default: the one before)
  --url        where clients call; it is asked afterwards, see smoke.sh
  --key-file   a file with a caller's key, for that
  --dry-run    say what would be done, do nothing
END
}

release='' namespace='' revision=0 url='' key_file='' dry=''
# an option's value; the next option is none
value() {
  if [ $# -lt 2 ] || [ -z "$2" ] || [[ $2 == --* ]]; then
    echo "rollback: $1: no value (see --help)" >&2
    exit 2
  fi
}

while [ $# -gt 0 ]; do
  case $1 in
    --release) value "$@" && release=$2 && shift 2 ;;
    --namespace) value "$@" && namespace=$2 && shift 2 ;;
    --revision) value "$@" && revision=$2 && shift 2 ;;
    --url) value "$@" && url=$2 && shift 2 ;;
    --key-file) value "$@" && key_file=$2 && shift 2 ;;
    --dry-run) dry=yes && shift ;;
    -h | --help) usage && exit 0 ;;
    *) echo "rollback: $1: unknown (see --help)" >&2 && exit 2 ;;
  esac
done
[ -n "$release" ] || { echo "rollback: --release: missing (expected: the name of a Helm release)" >&2 && exit 2; }
[[ $revision =~ ^[0-9]+$ ]] || { echo "rollback: --revision: $revision (expected: a whole number)" >&2 && exit 2; }

run() {
  if [ -n "$dry" ]; then
    echo "would run: $*"
  else
    "$@"
  fi
}

in_namespace=()
[ -z "$namespace" ] || in_namespace=(--namespace "$namespace")
run helm history "$release" "${in_namespace[@]}" --max 5
run helm rollback "$release" "$revision" "${in_namespace[@]}" --wait --timeout 5m
run kubectl rollout status deployment --selector "app.kubernetes.io/instance=$release" "${in_namespace[@]}" --timeout 5m
if [ -n "$url" ]; then
  arguments=(--url "$url")
  [ -z "$key_file" ] || arguments+=(--key-file "$key_file")
  run "$here/smoke.sh" "${arguments[@]}"
fi
