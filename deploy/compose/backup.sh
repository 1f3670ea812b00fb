#!/bin/sh
# Elasticsearch's data as one archive, while the stack is stopped: written to the output, or with "restore" read from the
# input. docker-compose.yml runs it as "backup", so that the volume is the project's own, whatever the project is called.
set -eu
data=/elasticsearch
fail() {
  echo "backup: $1" >&2
  exit 1
}

# The engine knows this name only while the container runs.
command -v getent >/dev/null || fail 'it cannot tell whether Elasticsearch runs: this image has no getent'
if getent hosts elasticsearch >/dev/null; then fail 'Elasticsearch runs; first: docker compose stop'; fi

case ${1-} in
'')
  [ -n "$(ls -A "$data")" ] || fail 'there is no data yet'
  [ ! -e "$data/.restore" ] || fail 'a restore was cut off, so what is there is not whole; do it again'
  exec tar -czf - -C "$data" --exclude ./.restore .
  ;;
restore)
  # Read to its end before anything is taken away; and nothing of what was there stays: Elasticsearch starts on a mixture
  # of two generations of files, and answers from either.
  rm -rf "$data/.restore"
  mkdir "$data/.restore"
  if ! tar -xzf - -C "$data/.restore"; then
    rm -rf "$data/.restore"
    fail 'the archive is not whole; what was there is untouched'
  fi
  if [ ! -e "$data/.restore/_state" ] && [ ! -e "$data/.restore/indices" ]; then
    rm -rf "$data/.restore"
    fail "the archive holds no data of Elasticsearch; what was there is untouched"
  fi
  find "$data" -mindepth 1 -maxdepth 1 ! -name .restore -exec rm -rf {} +
  find "$data/.restore" -mindepth 1 -maxdepth 1 -exec mv {} "$data/" ';'
  rmdir "$data/.restore"
  chown 1000:0 "$data"
  chmod 0775 "$data"
  echo 'backup: restored' >&2
  ;;
*) fail "there is no \"$1\"; without a word it writes the archive, with \"restore\" it reads it" ;;
esac
