#!/usr/bin/env bash
# Runs every fuzz target of the given packages for a while each.
#
#   fuzz.sh TIME PACKAGE...   e.g. fuzz.sh 5s ./...
#
# The targets are those that go test lists, so a new one needs no mention here.
# go test can fuzz one target of one package at a time.
set -euo pipefail

span=$1
shift

listing=$(go test -list '^Fuzz' "$@")
targets=$(awk '/^Fuzz/ {name[n++] = $1} /^ok / {for (i = 0; i < n; i++) print $2, name[i]; n = 0}' <<<"$listing")
if [ -z "$targets" ]; then
  echo 'fuzz: no fuzz targets'
  exit 0
fi
# fuzz TARGET PACKAGE. On a busy machine the runner may take the end of its own
# time for a failure ("context deadline exceeded", go.dev/issue/75804, mended in Go 1.27) and
# then names no input: that says nothing of the target, which is run again.
fuzz() {
  local try
  for try in 1 2 3; do
    if go test -run '^$' -fuzz "^$1\$" -fuzztime "$span" "$2" </dev/null 2>&1 | tee "$said"; then
      return
    fi
    if grep -q 'Failing input' "$said" || ! grep -qx ' *context deadline exceeded' "$said"; then
      return 1
    fi
    echo "fuzz: $1 in $2 ran out of its own time at try $try, again"
  done
  return 1
}

said=$(mktemp)
trap 'rm -f "$said"' EXIT
while read -r package target; do
  echo "fuzz: $target in $package for $span"
  fuzz "$target" "$package"
done <<<"$targets"
