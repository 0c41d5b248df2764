#!/bin/sh
# Installs the coding agents that the tests point at Drover, in the versions of package.json, and AWS's own signer.
# Without npm or Python the tests that need them are skipped.
set -eu
folder=$1
if command -v python3 > /dev/null; then
  python3 -m pip install -q --disable-pip-version-check --target "$folder/python" -r tests/clients/requirements.txt \
    || echo "pip could not install botocore: it does not judge the signatures"
else
  echo "python3 is not here: botocore does not judge the signatures"
fi
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
