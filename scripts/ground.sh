# What every script here stands on; sourced, not run. Sets `root` (the project) and `build` (everything the scripts make lies below it).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${CRUN_BUILD:-$root/build}
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
