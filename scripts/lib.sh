# Shared by the scripts of this folder: messages, root, packages, builds. Source it; it changes to the root
# of the checkout.
# shellcheck shell=bash

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT" || exit 1
JOBS="$(nproc)"

if [ -t 1 ]; then
  BOLD=$'\e[1m' RED=$'\e[31m' DIM=$'\e[2m' PLAIN=$'\e[0m'
else
  BOLD='' RED='' DIM='' PLAIN=''
fi

# The next thing that happens, for people who watch.
step() { printf '\n%s==> %s%s\n' "$BOLD" "$*" "$PLAIN"; }
note() { printf '%s    %s%s\n' "$DIM" "$*" "$PLAIN"; }

# One sentence a newcomer can act on, and the end.
fail() {
  printf '\n%serror:%s %s\n' "$RED$BOLD" "$PLAIN" "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command as root: directly, or with sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo -- env DEBIAN_FRONTEND="${DEBIAN_FRONTEND:-}" "$@"
  fi
}

# require_space <GB>: building needs room.
require_space() {
  local free_kb
  free_kb="$(df -Pk "$ROOT" | awk 'NR == 2 { print $4 }')"
  if [ "$free_kb" -lt $(($1 * 1024 * 1024)) ]; then
    fail "there is too little disk space at $ROOT: $((free_kb / 1024)) MB are free and about $1 GB are needed."
  fi
}

# quietly <log> <command...>: output goes to the log, and to the screen only if the command fails.
quietly() {
  local log="$1"
  shift
  mkdir -p "$(dirname "$log")"
  if ! "$@" >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    return 1
  fi
}

# configure <preset> [-D...] and build <preset> [target...]: CMake with the presets of CMakePresets.json.
configure() {
  local preset="$1"
  step "Configuring the $preset build"
  quietly "build/logs/configure-$preset.log" cmake --preset "$@" ||
    fail "CMake could not configure the $preset build; the whole output is in build/logs/configure-$preset.log."
}

build() {
  local preset="$1"
  shift
  local targets=()
  [ "$#" = 0 ] || targets=(--target "$@")
  step "Building $preset${*:+: $*} ($JOBS jobs)"
  NINJA_STATUS='[%f/%t, %es] ' cmake --build --preset "$preset" -j "$JOBS" "${targets[@]}" ||
    fail "the $preset build failed; the compiler's messages are above."
}

# npm_build <folder> <script> [folder it depends on]: runs an npm script unless its output is newer than all
# sources.
npm_build() {
  local folder="$1" script="$2" dependency="${3:-}"
  local stamp="$folder/node_modules/.sluice-$script"
  local sources=("$folder" ${dependency:+"$dependency/node_modules/.sluice-build"})
  if [ -e "$stamp" ] && [ -d "$folder/dist" ] && [ -z "$(find "${sources[@]}" -newer "$stamp" \
    ! -path '*/node_modules/*' ! -path '*/dist/*' ! -path '*/dist-test/*' -type f -print -quit)" ] &&
    { [ -z "$dependency" ] || [ "$stamp" -nt "$dependency/node_modules/.sluice-build" ]; }; then
    note "$folder: $script is up to date"
    return
  fi
  step "Building $folder ($script)"
  (cd "$folder" && npm run --silent "$script") || fail "npm run $script failed in $folder; its messages are above."
  touch "$stamp"
}

build_sdk() { npm_build api/node build; }
build_demo() { npm_build demo build api/node; }

# require_free_port <port>
require_free_port() {
  if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
    fail "port $1 is taken: stop the program that uses it, or choose another one, such as PORT=$(($1 + 1)) scripts/run."
  fi
}
