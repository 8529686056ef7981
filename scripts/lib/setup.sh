# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
#
# Set-up shared by the scripts; sourced by bash, not run. Debian 12 and Ubuntu 24.04; elsewhere the tools and libraries must be there.

dmdr_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
dmdr_packages=(g++ cmake ninja-build libeigen3-dev librange-v3-dev libfmt-dev catch2 nlohmann-json3-dev libtomlplusplus-dev
  libcli11-dev librandom123-dev libxxhash-dev libpng-dev libbenchmark-dev)

dmdr_clang_tools_version=14

dmdr_say() { printf '%s\n' "$*"; }

dmdr_fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# The packages of the arguments that are not installed, one a line.
dmdr_missing_packages() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || printf '%s\n' "$package"
  done
}

# Installs what is missing of the arguments with apt-get; touches neither network nor packages where nothing is missing.
dmdr_install() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    dmdr_say "set-up: not a Debian or Ubuntu system; expecting the equivalents of: $*"
    return 0
  fi
  local missing=() root=()
  mapfile -t missing < <(dmdr_missing_packages "$@")
  if ((${#missing[@]} == 0)); then
    dmdr_say "set-up: nothing to install"
    return 0
  fi
  if (($(id -u) != 0)); then
    command -v sudo >/dev/null ||
      dmdr_fail "these packages are missing, and installing them needs root or sudo: ${missing[*]}"
    root=(sudo)
  fi
  dmdr_say "set-up: installing with apt-get: ${missing[*]}"
  "${root[@]}" apt-get update || dmdr_say "set-up: apt-get update failed; going on with the lists that are here"
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" ||
    dmdr_fail "apt-get could not install: ${missing[*]}"
}

# dmdr_find_tool <name> <version>: prints the command of that major version; fails where it is not here. Other versions of
# clang-format and clang-tidy find other things.
dmdr_find_tool() {
  local candidate
  for candidate in "$1-$2" "$1"; do
    if command -v "$candidate" >/dev/null && [[ $("$candidate" --version) == *"version $2."* ]]; then
      printf '%s' "$candidate"
      return 0
    fi
  done
  return 1
}

# Never more than two compilers at a time: a large translation unit takes up to 1 GB.
dmdr_jobs() {
  local cores
  cores=$(nproc 2>/dev/null || printf '1')
  printf '%s' "$((cores < 2 ? cores : 2))"
}

# dmdr_configure <preset> [cmake argument ...]
dmdr_configure() {
  local preset=$1
  shift
  dmdr_say "configuring preset $preset"
  (cd "$dmdr_root" && cmake --preset "$preset" "$@") || dmdr_fail "configuring preset $preset failed"
}

# dmdr_build <preset> [target ...]
dmdr_build() {
  local preset=$1
  shift
  dmdr_say "building preset $preset${*:+: $*}"
  cmake --build "$dmdr_root/build/$preset" -j "$(dmdr_jobs)" ${1:+--target "$@"} ||
    dmdr_fail "building preset $preset failed"
}

