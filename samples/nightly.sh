#!/usr/bin/env bash
# usage: nightly.sh [--out DIR] [--log FILE] [GALLERY OPTIONS]
#
# Writes this night's pages of the gallery: samples of every run and every pretrained model, by
# gen gallery, which see for its options.
#
#   --out DIR    the site's folder (default: gallery in the checkout)
#   --log FILE   where the messages go, each with its time (default: the site's folder and .log)
#   -h, --help   this text
#
# The program is $GEN, or the gen on the PATH, or .build/release/gen of the checkout that this script lies
# in, which is built if it is not there. It works in the checkout: runs/ and samples/pretrained are found
# there, and other runs by --runs FOLDER. Paths are taken from where the script is called.
#
# It is quiet when all is well, so that cron has nothing to send; when not, the night's messages go to
# standard error, too. On a terminal they always do. The exit status is that of gen gallery: 0 done, 1 a
# model that was shown before cannot be now (the site is new all the same), 64 wrong options, 66 no model,
# 73 and 74 cannot write, 75 another process is at it. The log keeps its last
# 5000 lines or somewhat more.
set -euo pipefail
export PATH="${PATH:+$PATH:}/usr/local/bin:/usr/bin:/bin"
export LC_ALL=C.UTF-8

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; }
refuse() {
  printf 'nightly.sh: %s\n' "$*" >&2
  exit 64
}

checkout=$(cd "$(dirname "$(realpath "$0")")/.." && pwd)
out=$checkout/gallery
log=
options=()
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --out | --log | --runs)
      [ $# -ge 2 ] && [ -n "$2" ] || refuse "$1 needs a path"
      path=$(realpath -m -- "$2")
      case $1 in --out) out=$path ;; --log) log=$path ;; --runs) options+=(--runs "$path") ;; esac
      shift 2 ;;
    --out=* | --log=* | --runs=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
    *) options+=("$1"); shift ;;
  esac
done
log=${log:-$out.log}
mkdir -p "$(dirname "$log")"
cd "$checkout"

# This night's messages, apart from the log: two that are started at once do not mix.
night=$(mktemp "${TMPDIR:-/tmp}/nightly.XXXXXX")
trap 'rm -f "$night"' EXIT
stamp() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    printf '%(%Y-%m-%d %H:%M:%S)T %s\n' -1 "$line"
  done
}
if [ -t 2 ]; then shown=/dev/stderr; else shown=/dev/null; fi

gallery() {
  local gen=${GEN:-}
  if [ -z "$gen" ]; then gen=$(command -v gen || true); fi
  if [ -z "$gen" ]; then
    gen=$checkout/.build/release/gen
    if [ ! -x "$gen" ]; then
      if [ -z "$(command -v swift)" ]; then
        echo "there is no gen on the PATH, none at $gen, and no swift to build it: let GEN name it"
        return 66
      fi
      echo "building $gen"
      swift build --package-path "$checkout" -c release --product gen || return
    fi
  fi
  "$gen" gallery --out "$out" ${options[@]+"${options[@]}"}
}

status=0
gallery 2>&1 | stamp | tee "$night" > "$shown" || status=$?
printf 'ended with %s\n' "$status" | stamp >> "$night"
cat "$night" >> "$log"
if [ "$(wc -l < "$log")" -gt 6000 ]; then
  tail -n 5000 "$log" > "$log.$$.tmp"
  mv "$log.$$.tmp" "$log"
fi
if [ "$status" != 0 ] && [ "$shown" = /dev/null ]; then cat "$night" >&2; fi
exit "$status"
