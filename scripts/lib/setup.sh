# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
#
# Set-up shared by the scripts; sourced by bash, not run. Debian 12 and Ubuntu 24.04; elsewhere the tools and libraries must be there.

dmdr_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
dmdr_packages=(g++ cmake ninja-build libeigen3-dev catch2 nlohmann-json3-dev libcli11-dev librandom123-dev libxxhash-dev libpng-dev)

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

# LibTorch from PyPI: the C++ part of the wheel, and what its CPU library loads. Python never runs it.
dmdr_torch_version=2.11.0
dmdr_fetch_seconds=0  # what the last dmdr_libtorch took to fetch one
dmdr_torch_wheels=("torch==$dmdr_torch_version" nvidia-cuda-runtime==13.0.96 nvidia-cuda-cupti==13.0.85)

# dmdr_libtorch: makes sure of a LibTorch: the one that DMDR_TORCH_DIR names, else a wheel in .libtorch, fetched where it is missing.
dmdr_libtorch() {
  if [[ -n ${DMDR_TORCH_DIR:-} ]]; then
    [[ -d $DMDR_TORCH_DIR/include && -d $DMDR_TORCH_DIR/lib ]] ||
      dmdr_fail "DMDR_TORCH_DIR=$DMDR_TORCH_DIR is no LibTorch: it has no include/ and lib/"
    dmdr_say "LibTorch: $DMDR_TORCH_DIR"
    return 0
  fi
  local target=$dmdr_root/.libtorch started=$SECONDS
  if [[ -f $target/${dmdr_torch_wheels[0]} ]]; then
    dmdr_say "LibTorch: $dmdr_torch_version is here"
    return 0
  fi
  python3 -m pip --version >/dev/null 2>&1 || dmdr_install python3-pip
  dmdr_say "LibTorch: fetching ${dmdr_torch_wheels[*]} with pip (1.2 GB on disk)"
  rm -rf "$target" "$target.part"
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --target "$target.part" \
    "${dmdr_torch_wheels[@]}" ||
    dmdr_fail "pip could not fetch LibTorch; set DMDR_TORCH_DIR to one (scripts/test also takes --no-libtorch)"
  touch "$target.part/${dmdr_torch_wheels[0]}"
  mv "$target.part" "$target"
  dmdr_fetch_seconds=$((SECONDS - started))
  dmdr_say "LibTorch: fetched in $dmdr_fetch_seconds s"
}

# dmdr_libtorch_program: makes sure of a LibTorch, sets the environment of programs that use it, and dmdr_torch_flags, the arguments for
# dmdr_configure.
dmdr_libtorch_program() {
  dmdr_libtorch
  dmdr_torch_flags=(-DDMDR_LIBTORCH=ON "-DDMDR_TORCH_DIR=${DMDR_TORCH_DIR:-}")
  # On both sides of a comparison: glibc would return every large temporary to the system.
  export MALLOC_MMAP_THRESHOLD_=8589934592 MALLOC_TRIM_THRESHOLD_=17179869184
}
