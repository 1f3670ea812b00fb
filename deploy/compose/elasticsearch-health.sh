#!/bin/sh
# The health check of Elasticsearch in docker-compose.yml. curl reads the password from its input: a command line is
# everybody's to see. It ends by itself: the engine gives a check up that takes too long, and leaves its processes behind.
set -eu
printf 'user = "elastic:%s"\n' "$(cat /run/secrets/elastic/password)" |
  curl -fsS --max-time 4 --config - ${CURL_OPTIONS-} "$1/_cluster/health?wait_for_status=yellow&timeout=2s"
