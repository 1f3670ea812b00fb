#!/bin/sh
# The health check of Elasticsearch in docker-compose.yml. curl reads the password from its input: a command line is
# everybody's to see.
set -eu
printf 'user = "elastic:%s"\n' "$(cat /run/secrets/elastic/password)" |
  curl -fsS --config - ${CURL_OPTIONS-} "$1/_cluster/health?wait_for_status=yellow&timeout=2s"
