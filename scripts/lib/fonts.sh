# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
#
# Debian packages unpacked into a folder, without installing them; sourced by bash after setup.sh, not run.

# dmdr_read_list <file>: the names in a list of packages, one a line; `#` begins a comment.
dmdr_read_list() {
  [[ -f $1 && -r $1 ]] || dmdr_fail "there is no list of packages $1"
  local names name
  names=$(sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$1")
  [[ -n $names ]] || dmdr_fail "the list $1 names no package"
  while IFS= read -r name; do
    [[ $name =~ ^[a-z0-9][a-z0-9+.-]+$ ]] || dmdr_fail "$1: '$name' is no name of a package"
  done <<<"$names"
  printf '%s\n' "$names"
}

# dmdr_download <folder> <package> ...: their .deb files, as many as can be had. The log of what failed goes to <folder>/log.
dmdr_download() {
  local folder=$1 package
  shift
  # All at once is quick; it fails as a whole where one cannot be had.
  (cd "$folder" && apt-get download "$@") >"$folder/log" 2>&1 && return 0
  dmdr_say "fonts: not all packages can be had; bringing apt-get's lists up to date"
  local root=()
  if (($(id -u) != 0)) && command -v sudo >/dev/null; then root=(sudo); fi
  "${root[@]}" apt-get update >/dev/null 2>&1 || dmdr_say "fonts: apt-get update failed; going on with the lists that are here"
  (cd "$folder" && apt-get download "$@") >"$folder/log" 2>&1 && return 0
  : >"$folder/log"
  for package in "$@"; do
    compgen -G "$folder/${package}_*.deb" >/dev/null || (cd "$folder" && apt-get download "$package") >>"$folder/log" 2>&1 || :
  done
}

# dmdr_unpack <package> <.deb> <folder>: unpacks it into <folder>/<package>, whole or not at all: what is not whole is <package>.part.
dmdr_unpack() {
  local target=$3/$1 part=$3/$1.part version
  rm -rf "$part" "$target"
  mkdir -p "$part"
  dpkg -x "$2" "$part" && version=$(dpkg-deb -f "$2" Version) && printf '%s\n' "$version" >"$part/version" &&
    mv "$part" "$target" && return 0
  rm -rf "$part"
  return 1
}

# dmdr_fetch_fonts <list> <folder>: makes sure that every package of the list is unpacked in the folder. Needs no network, and changes
# nothing, where they all are.
dmdr_fetch_fonts() {
  local list=$1 folder=$2 names=() missing=() failed=() package tool deb started=$SECONDS
  names=$(dmdr_read_list "$list") || exit 1
  mapfile -t names <<<"$names"
  for package in "${names[@]}"; do
    # The version is the last thing that is written.
    [[ -s $folder/$package/version ]] || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then
    dmdr_say "fonts: all ${#names[@]} packages are in $folder"
    return 0
  fi
  for tool in apt-get dpkg dpkg-deb; do
    command -v "$tool" >/dev/null ||
      dmdr_fail "fetching font packages needs $tool, of Debian or Ubuntu; missing are: ${missing[*]}"
  done
  mkdir -p "$folder" || dmdr_fail "the folder $folder cannot be made"
  dmdr_say "fonts: fetching ${#missing[@]} packages with apt-get: ${missing[*]}"
  local download=$folder/.download
  rm -rf "$download"
  mkdir "$download" || dmdr_fail "the folder $folder cannot be written"
  dmdr_download "$download" "${missing[@]}"
  for package in "${missing[@]}"; do
    deb=$(compgen -G "$download/${package}_*.deb" | head -n 1) && dmdr_unpack "$package" "$deb" "$folder" ||
      failed+=("$package")
  done
  if ((${#failed[@]} > 0)); then
    cat "$download/log" >&2
    rm -rf "$download"
    dmdr_fail "these packages could not be fetched (see above): take them off $list, or run again with a network: ${failed[*]}"
  fi
  rm -rf "$download"
  dmdr_say "fonts: fetched in $((SECONDS - started)) s"
}
