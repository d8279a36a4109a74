#!/usr/bin/env bash
# Checks the format and the style of proto/ (buf.yaml). Run from the module root.
set -euo pipefail

if [ -z "$(find proto -name '*.proto' -print -quit 2>/dev/null)" ]; then
  echo 'buf lint: no protos yet' >&2
  exit 0
fi
.build/bin/buf format proto --diff --exit-code
.build/bin/buf lint proto
