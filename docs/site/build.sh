#!/usr/bin/env sh
# Builds the docs site into FOLDER/site/VERSION, with broken links and anchors as errors, and looks for misspelled words.
# Without Python the site is not built. Usage: build.sh FOLDER VERSION
set -eu
folder=$1
version=$2
python="$folder/docs-python"
if ! command -v python3 > /dev/null; then
  echo "python3 is not here: the docs site is not built"
  exit 0
fi
if ! python3 -m venv "$python" \
  || ! "$python/bin/pip" install -q --disable-pip-version-check --require-hashes -r docs/site/requirements.txt; then
  echo "pip could not install the site's generator: the docs site is not built"
  exit 0
fi
NO_MKDOCS_2_WARNING=1 "$python/bin/mkdocs" build --strict -d "$folder/site/$version"
"$python/bin/codespell" README.md CONTRIBUTING.md SECURITY.md CHANGELOG.md RATIONALE.md deploy docs \
  --skip '*.png,*.json,docs/site/requirements.txt'
echo "The docs site is in $folder/site/$version"
