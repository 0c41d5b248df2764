#!/bin/sh
# Installs the coding agents that the tests point at Drover, in the versions of package.json. Without npm it does nothing,
# and the tests that need them are skipped.
set -eu
folder=$1
if ! command -v npm > /dev/null; then
  echo "npm is not here: the coding agents are not tried"
  exit 0
fi
mkdir -p "$folder"
cp tests/clients/package.json tests/clients/package-lock.json "$folder"
cd "$folder"
# not "npm ci": it wants every package of every platform, and a registry may lack those of others
npm install --no-audit --no-fund --loglevel=error \
  || echo "npm could not install the coding agents: they are not tried"
