#!/usr/bin/env bash
# Compares proto/ with a commit and fails if a client of that commit would
# break (buf WIRE_JSON). Run from the module root.
#
#   breaking.sh COMMIT   e.g. main; a commit without protos breaks nothing
#
# The commit's protos are laid out beside the same third-party files, which are
# not in git, so buf sees two complete workspaces.
set -euo pipefail

against=$1
if ! git rev-parse --quiet --verify "$against^{commit}" >/dev/null; then
  echo "buf breaking: no commit $against here, comparing with HEAD" >&2
  against=HEAD
fi
if [ -z "$(git ls-tree -r --name-only "$against" -- proto | grep '\.proto$' || true)" ]; then
  echo "buf breaking: $against has no protos, nothing to compare" >&2
  exit 0
fi

scratch=$(mktemp -d "$PWD/.build/breaking.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
git archive "$against" -- proto | tar -x -C "$scratch"
mkdir "$scratch/.build"
cp -r .build/proto-deps "$scratch/.build/proto-deps"
cp buf.yaml "$scratch/buf.yaml"
.build/bin/buf breaking proto --against "$scratch/proto"
