#!/usr/bin/env bash
# Generates the Go code and the OpenAPI document of proto/.
#
#   generate.sh          brings proto/ up to date; files no longer generated go
#   generate.sh --check  changes nothing; fails with the difference, if any
#
# Both work on a fresh scratch folder, so a failing generation leaves proto/ as
# it was and a stale file is always noticed. Run from the module root.
set -euo pipefail

scratch=$(mktemp -d "$PWD/.build/generate.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/proto"

generated=('(' -name '*.pb.go' -o -name '*.pb.gw.go' -o -name openapi.json ')')

if [ -n "$(find proto -name '*.proto' -print -quit 2>/dev/null)" ]; then
  .build/bin/buf generate --output "$scratch"
  mv "$scratch/proto/openapi.swagger.json" "$scratch/proto/openapi.json"
fi

if [ "${1:-}" = --check ]; then
  # Only generated files are compared: the sources have no twin in the scratch.
  mkdir "$scratch/committed"
  if [ -d proto ]; then
    (cd proto && find . -type f "${generated[@]}" -print0 | tar -c --null -T -) | tar -x -C "$scratch/committed"
  fi
  diff -ru "$scratch/committed" "$scratch/proto" || {
    echo 'generated code differs from the protos: run make generate and commit' >&2
    exit 1
  }
  exit 0
fi

if [ -d proto ]; then
  (cd proto && find . -type f "${generated[@]}" -print) | while read -r file; do
    [ -e "$scratch/proto/$file" ] || rm "proto/$file"
  done
fi
(cd "$scratch/proto" && find . -type f -print) | while read -r file; do
  cmp -s "$scratch/proto/$file" "proto/$file" || cp "$scratch/proto/$file" "proto/$file"
done
