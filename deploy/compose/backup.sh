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
# Each step is one rename, so "finish" goes on from any of them. Anything else in it was left by the version before, which
# had the pieces of the archive there, deleted what was there and only then moved them: it may be the only copy.
#   former    those pieces, once it is certain that they are whole; then they are "moving"
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

# What the version before has left; more words for find may follow.
pieces() {
  [ ! -e "$restore" ] || find "$restore" -mindepth 1 -maxdepth 1 \
    ! -name reading ! -name whole ! -name moving ! -name old "$@"
}

# Whether pieces of the version before are all that is left of an archive that was read to its end, and what is in the data
# beside them was moved there from among them.
certain() {
  # Nothing changes the data's own directory while an archive is read: it is newer than all that was read only where the
  # deletion had begun, and that came after the end. An empty directory alone may be a new machine's, with half an archive.
  changed=$(TZ=UTC stat -c %y "$data")
  read=$(find "$restore" -mindepth 1 -exec env TZ=UTC stat -c %z {} + | sort | tail -n 1)
  [ -n "$read" ] && [ "$changed" \> "$read" ] || return 1
  [ "$(ls -A "$data")" != .restore ] || return 0
  # Elasticsearch, which that version let start, has both at once; a deletion that was cut off leaves both in .restore.
  if [ -e "$restore/_state" ]; then
    [ -e "$data/indices" ] || return 1
  else
    [ -e "$data/_state" ] && [ -e "$restore/indices" ] || return 1
  fi
  for piece in $(ls -A "$restore"); do
    [ ! -e "$data/$piece" ] || return 1
  done
}

# Ends what the version before has begun, or refuses.
gather() {
  if [ ! -e "$restore/former" ]; then
    if ! certain; then
      say 'a restore of the version before was cut off, and nothing tells whether its archive had been read to its end.'
      say 'Nothing was changed: the data and what is in .restore are both kept; either may be the only whole copy. Look at both:'
      say '  docker compose run --rm --entrypoint ls backup -lA /elasticsearch /elasticsearch/.restore'
      say 'With the archive, restore it again. Without, docs/operate.md ("Back up and restore") says what to do by hand.'
      exit 1
    fi
    mkdir "$restore/former"
  fi
  pieces ! -name former -exec mv {} "$restore/former/" ';'
  [ "$(pieces)" = "$restore/former" ] || fail 'what the version before has left cannot be moved; try again'
  mv "$restore/former" "$restore/moving"
}

# Ends what an archive that was read to its end has begun; one that is being read stays.
settle() {
  if [ -e "$restore/whole" ]; then
    mkdir -p "$restore/old"
    find "$data" -mindepth 1 -maxdepth 1 ! -name .restore -exec mv {} "$restore/old/" ';'
    [ "$(ls -A "$data")" = .restore ] || fail 'what was there cannot be moved away; try again'
    if [ -n "$(pieces)" ]; then
      mkdir -p "$restore/old/former"
      pieces -exec mv {} "$restore/old/former/" ';'
      [ -z "$(pieces)" ] || fail 'what was there cannot be moved away; try again'
    fi
    mv "$restore/whole" "$restore/moving"
  fi
  if [ -e "$restore/moving" ]; then
    find "$restore/moving" -mindepth 1 -maxdepth 1 -exec mv {} "$data/" ';'
    rmdir "$restore/moving"
  fi
  rm -rf "$restore/old"
}

# From here on Elasticsearch starts.
end() {
  chown 1000:0 "$data"
  chmod 0775 "$data"
  rmdir "$restore"
}

refuse_archive() {
  rm -rf "$restore/reading"
  if [ -z "$(ls -A "$restore")" ]; then
    end
    fail "$1; what was there is untouched"
  fi
  fail "$1; what was there is untouched, also what a restore that was cut off before has left: \"restore\" a whole one, or \"finish\" that"
}

case ${1-} in
'')
  [ -n "$(ls -A "$data")" ] || fail 'there is no data yet'
  [ ! -e "$restore" ] || fail 'a restore was cut off, so what is there is not whole; "restore" it again, or "finish" it'
  exec tar -czf - -C "$data" .
  ;;
restore)
  # Read to its end before anything is taken away, also of a restore that was cut off before; and nothing of what was
  # there stays: Elasticsearch starts on a mixture of two generations of files, and answers from either.
  mkdir -p "$restore"
  rm -rf "$restore/reading"
  mkdir "$restore/reading"
  tar -xzf - -C "$restore/reading" || refuse_archive 'the archive is not whole'
  # Without its state Elasticsearch knows none of its indices.
  [ -e "$restore/reading/_state" ] || refuse_archive 'the archive holds no data of Elasticsearch'
  # On the disk, before its name says so.
  sync
  settle
  mv "$restore/reading" "$restore/whole"
  settle
  end
  say 'restored'
  ;;
finish)
  # What a restore that was cut off has left, without the archive.
  [ -e "$restore" ] || fail 'no restore was cut off'
  came=nowhere
  [ ! -e "$restore/reading" ] || came=reading
  [ -z "$(pieces)" ] || came=former
  for step in whole moving old; do
    if [ -e "$restore/$step" ]; then came=$step; fi
  done
  rm -rf "$restore/reading"
  [ $came != former ] || gather
  settle
  end
  case $came$(ls -A "$data") in
  reading | nowhere) say 'its archive had not been read to its end, and nothing was there before: Elasticsearch would start empty' ;;
  reading*) say 'its archive had not been read to its end; what was there before is untouched' ;;
  # Before its first step, or after its last.
  nowhere*) say 'what is there is whole' ;;
  *) say 'restored: its archive had been read to its end' ;;
  esac
  ;;
*) fail "there is no \"$1\"; without a word it writes the archive, \"restore\" reads it, \"finish\" ends a restore that was cut off" ;;
esac
