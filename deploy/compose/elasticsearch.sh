#!/bin/bash
# The entrypoint of Elasticsearch in docker-compose.yml. bash, since other shells drop settings whose names have dots.
set -eu
if [ -e /usr/share/elasticsearch/data/.restore ]; then
  # On half of its files it starts, empty and green, and everything is collected anew.
  {
    echo 'elasticsearch: a restore was cut off, so this does not start. First: docker compose stop'
    echo 'elasticsearch: then do it again:    docker compose run --rm -T backup restore < elasticsearch.tgz'
    echo 'elasticsearch: or end it without:   docker compose run --rm backup finish'
  } >&2
  exit 1
fi
# Elasticsearch itself reads a password only from a file of its own user with mode 0600, which a file of somebody else on
# this machine is not.
ELASTIC_PASSWORD=$(cat /run/secrets/elastic/password)
export ELASTIC_PASSWORD
exec /usr/local/bin/docker-entrypoint.sh eswrapper
