#!/usr/bin/env bash
# Runs go test with its arguments, under the race detector where it can run.
#
# The detector needs cgo and hence a C compiler. It is installed where that is
# possible without a question (Debian, root); elsewhere the tests run without
# the detector and say so, unless MINGJIAN_TEST_REQUIRE is set: then a missing
# part is a failure, as it is for every test that would skip itself.
set -euo pipefail

compiler=$(go env CC)
compiler=${compiler%% *}

if ! command -v "$compiler" >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "test: installing gcc for the race detector"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get -q update && apt-get -q install -y --no-install-recommends gcc libc6-dev; } </dev/null ||
    echo 'test: could not install gcc' >&2
fi

if ! command -v curl >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "test: installing curl for the test that carries out the README"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get -q update && apt-get -q install -y --no-install-recommends curl ca-certificates; } </dev/null ||
    echo 'test: could not install curl' >&2
fi

if ! command -v chromium >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "test: installing chromium for the tests of the verifier in the browser"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get -q update && apt-get -q install -y --no-install-recommends chromium; } </dev/null ||
    echo 'test: could not install chromium, which the tests of the verifier in the browser need' >&2
fi

race=()
if command -v "$compiler" >/dev/null; then
  export CGO_ENABLED=1
  race=(-race)
elif [ -n "${MINGJIAN_TEST_REQUIRE:-}" ]; then
  echo "test: no C compiler ($compiler), and MINGJIAN_TEST_REQUIRE asks for the race detector" >&2
  exit 1
else
  echo "test: no C compiler ($compiler), running without the race detector;" \
    'on Debian: apt-get install gcc libc6-dev' >&2
fi

exec go test -timeout 20m "${race[@]}" "$@"
