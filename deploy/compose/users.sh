#!/bin/sh
# Roles, and users with them, in the Elasticsearch of docker-compose.yml. Idempotent.
set -eu
elastic="elastic:$(cat /run/secrets/elastic_password)"
put() {
  curl -fsS -u "$elastic" -H 'content-type: application/json' -X "$1" "http://elasticsearch:9200/_security/$2" -d "$3" >/dev/null
}
for role in writer setup reader; do
  put PUT "role/shenji_$role" "$(cat "/roles/$role.json")"
done
put PUT user/shenji_writer "{\"password\":\"$(cat /run/secrets/es_writer_password)\",\"roles\":[\"shenji_writer\"]}"
put PUT user/shenji_setup "{\"password\":\"$(cat /run/secrets/es_setup_password)\",\"roles\":[\"shenji_setup\"]}"
put POST user/kibana_system/_password "{\"password\":\"$(cat /run/secrets/kibana_password)\"}"
