# shellcheck shell=bash disable=SC2034
# What every script here stands on; sourced, not run. Sets `root` (the project), `build` (everything the scripts make lies below
# it) and `lab` (engine, registries and unpacked packages; $CRUN_LAB lets several clones share one).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build
lab=${CRUN_LAB:-$build}
export LC_ALL=C.UTF-8

say() { printf '%s\n' "$*" >&2; }

# fail WHAT [CURE]
fail() {
  say "${0##*/}: $1"
  [ -z "${2:-}" ] || say "  $2"
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "this needs root and there is no sudo: $*" "run it as root, or install sudo"
  fi
}

# The comment a script opens with, as its help.
usage() { awk 'NR > 1 { if (!/^#( |$)/ || /^# shellcheck/) exit; sub(/^# ?/, ""); print }' "$0" >&2; }

# wait_for SECONDS COMMAND...: runs the command until it succeeds.
wait_for() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.1
  done
}

# runs_as NAME PIDFILE: a process of this name is alive under the pid in the file.
runs_as() {
  local pid
  pid=$(cat "$2" 2>/dev/null) && [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$1" ]
}

# end NAME PIDFILE SECONDS: asks the process to end, and ends it by force after so many seconds.
end() {
  local pid
  if runs_as "$1" "$2"; then
    pid=$(cat "$2")
    as_root kill "$pid" 2>/dev/null || true
    wait_for "$3" test ! -e "/proc/$pid" || as_root kill -9 "$pid" 2>/dev/null || true
  fi
  as_root rm -f "$2"
}

# bring_up engine|registries: makes sure that it is there and exports what it takes to use it. `take_down` ends what was started here.
started=()
bring_up() {
  if ! "$root/scripts/$1" status 2>/dev/null; then
    "$root/scripts/$1" up || return
    started=("$1" "${started[@]}")
  fi
  eval "$("$root/scripts/$1" env)"
}

take_down() {
  local name
  for name in "${started[@]}"; do
    say "taking down what was brought up for this: $name"
    "$root/scripts/$name" down
  done
  started=()
}

# A static busybox: what the example's images are made from.
static_busybox() {
  local found
  found=$(command -v busybox) && ! ldd "$found" >/dev/null 2>&1 && { echo "$found"; return; }
  "$root/scripts/packages" unpack busybox-static/bookworm
  echo "$lab/unpacked/bin/busybox"
}

# compile PRESET OPTION... -- TARGET...: configures and builds; the output is shown when it fails.
compile() {
  local preset=$1 options=() log=$build/$1.log
  shift
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  shift
  command -v ccache >/dev/null && options+=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  say "building $* (preset $preset)"
  mkdir -p "$build"
  (cd "$root" && cmake --preset "$preset" "${options[@]}" && cmake --build --preset "$preset" --parallel "$(nproc)" --target "$@") >"$log" 2>&1 </dev/null ||
    { grep -nE '(error|FAILED|Error):' "$log" | head -n 40 >&2; tail -n 20 "$log" >&2; fail "the build failed" "all of its output is in $log"; }
}
