#!/bin/sh
# The entrypoint of Redis in docker-compose.yml, and with "ping" its health check.
set -eu
password=$(cat /run/secrets/redis/password)
if [ "${1-}" = ping ]; then
  # An end of its own: the engine gives a check up that takes too long, and leaves its processes behind.
  REDISCLI_AUTH=$password timeout 4 redis-cli --user shenji ${REDISCLI_OPTIONS-} ping | grep -qx PONG
  exit
fi
umask 077
# printf is the shell's own: no process shows its arguments.
printf 'user default off\nuser shenji on >%s ~shenji-* &* -@all %s\n' "$password" \
  '+@read +@write +@connection +@scripting +@transaction +info +time +config|get' >/run/redis/users.acl
exec redis-server /etc/redis.conf
