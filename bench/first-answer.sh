#!/bin/sh
# How long until the first answer: from an empty copy of this repository (npm ci, then start), and from a second start.
# Goals: 60 s with a warm package cache, 5 s. Copies what is committed; needs git, npm and curl.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
server=
stop() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ -z "$server" ] || wait "$server" 2>/dev/null || true
  server=
}
trap 'stop; rm -rf "$place"' EXIT
trap 'exit 1' INT TERM

now() { date +%s%N; }
seconds() { awk "BEGIN { printf \"%.1f\", ($2 - $1) / 1e9 }"; }
in_json() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$2"; }

# Starts, waits for the line that says where, and asks; leaves the address in $url.
first_answer() {
  bin/gatehouse start --port 0 --json >"$place/started.json" 2>"$place/log" &
  server=$!
  url=
  while [ -z "$url" ]; do
    kill -0 "$server" 2>/dev/null || { cat "$place/log" >&2; exit 1; }
    sleep 0.05
    url=$(in_json url "$place/started.json")
  done
  [ -n "${token:-}" ] || token=$(in_json token "$place/started.json")
  answer=$(curl -sS "$url" -H 'content-type: application/json' -H "authorization: Bearer $token" \
    -d '{"query":"{ pages(first: 3) { nodes { title } } }"}')
  case $answer in
    *'"nodes":[{"title":'*) ;;
    *) echo "No answer, but: $answer" >&2; exit 1 ;;
  esac
}

git clone --quiet "$root" "$place/gatehouse"
cd "$place/gatehouse"

from=$(now)
npm ci --prefer-offline --no-audit --no-fund --loglevel=error >"$place/log" 2>&1 || { cat "$place/log" >&2; exit 1; }
installed=$(now)
first_answer
answered=$(now)
stop
again=$(now)
first_answer
second=$(now)

echo "npm ci                     $(seconds "$from" "$installed") s"
echo "start to first answer      $(seconds "$installed" "$answered") s"
echo "empty folder to answer     $(seconds "$from" "$answered") s   (goal 60)"
echo "second start to answer     $(seconds "$again" "$second") s   (goal 5)"
