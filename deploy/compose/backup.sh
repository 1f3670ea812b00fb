#!/bin/sh
# Elasticsearch's data as one archive, while the stack is stopped: written to the output, or with "restore" read from the
# input. docker-compose.yml runs it as "backup", so that the volume is the project's own, whatever the project is called.
#
# A restore may be cut off at any moment. While .restore is there Elasticsearch does not start (elasticsearch.sh), since on
# half of its files it starts empty and green; and what is in it says how far the restore came:
#   reading   the archive, so far; all that was there is still in its place
#   whole     the archive, read to its end; what was there goes to "old", piece by piece
#   moving    what is left of it, while its pieces go to their places
#   old       what was there, which goes last
# Each step is one rename, so "finish" goes on from any of them.
set -eu
data=/elasticsearch
restore=$data/.restore
fail() {
  echo "backup: $1" >&2
  exit 1
}
say() { echo "backup: $1" >&2; }

# The engine knows this name only while the container runs.
command -v getent >/dev/null || fail 'it cannot tell whether Elasticsearch runs: this image has no getent'
if getent hosts elasticsearch >/dev/null; then fail 'Elasticsearch runs; first: docker compose stop'; fi

finish() {
  if [ -e "$restore/whole" ]; then
    mkdir -p "$restore/old"
    find "$data" -mindepth 1 -maxdepth 1 ! -name .restore -exec mv {} "$restore/old/" ';'
    [ "$(ls -A "$data")" = .restore ] || fail 'what was there cannot be moved away; try again'
    mv "$restore/whole" "$restore/moving"
  fi
  if [ -e "$restore/moving" ]; then
    find "$restore/moving" -mindepth 1 -maxdepth 1 -exec mv {} "$data/" ';'
    chown 1000:0 "$data"
    chmod 0775 "$data"
    rmdir "$restore/moving"
  fi
  rm -rf "$restore"
}

case ${1-} in
'')
  [ -n "$(ls -A "$data")" ] || fail 'there is no data yet'
  [ ! -e "$restore" ] || fail 'a restore was cut off, so what is there is not whole; "restore" it again, or "finish" it'
  exec tar -czf - -C "$data" .
  ;;
restore)
  # Read to its end before anything is taken away; and nothing of what was there stays: Elasticsearch starts on a mixture
  # of two generations of files, and answers from either.
  finish
  mkdir "$restore" "$restore/reading"
  if ! tar -xzf - -C "$restore/reading"; then
    rm -rf "$restore"
    fail 'the archive is not whole; what was there is untouched'
  fi
  # Without its state Elasticsearch knows none of its indices.
  if [ ! -e "$restore/reading/_state" ]; then
    rm -rf "$restore"
    fail 'the archive holds no data of Elasticsearch; what was there is untouched'
  fi
  # On the disk, before its name says so.
  sync
  mv "$restore/reading" "$restore/whole"
  finish
  say 'restored'
  ;;
finish)
  # What a restore that was cut off has left, without the archive.
  [ -e "$restore" ] || fail 'no restore was cut off'
  came=nowhere
  for step in reading whole moving old; do
    if [ -e "$restore/$step" ]; then came=$step; fi
  done
  finish
  case $came$(ls -A "$data") in
  reading) say 'its archive had not been read to its end, and nothing was there before: Elasticsearch would start empty' ;;
  reading*) say 'its archive had not been read to its end; what was there before is untouched' ;;
  # Before its first step, or after its last.
  nowhere*) say 'what is there is whole' ;;
  *) say 'restored: its archive had been read to its end' ;;
  esac
  ;;
*) fail "there is no \"$1\"; without a word it writes the archive, \"restore\" reads it, \"finish\" ends a restore that was cut off" ;;
esac
