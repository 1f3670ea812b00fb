#!/bin/bash
# Makes a private authority and a certificate for each server of docker-compose.tls.yml, with Elasticsearch's own tool.
# What is there stays, unless "renew" is asked for. Each key lies in a volume that only its server mounts; the authority's
# key is gone when this ends, so that nobody can sign another certificate with it.
set -euo pipefail
umask 022
cd /run/tls
if [ -s kibana/tls.key ] && [ "${1-}" != renew ]; then
  echo 'certificates: they are there'
  exit
fi
work=$(mktemp -d)
{
  echo 'instances:'
  for server in elasticsearch redis kibana; do
    printf '  - { name: %s, dns: [%s, localhost], ip: [127.0.0.1] }\n' "$server" "$server"
  done
} >"$work/instances.yml"

# An archive, in a directory of its own. The image has unzip, and a JDK besides.
unpack() { (cd "$work" && if command -v unzip >/dev/null; then unzip -q "$1"; else "${ES_JAVA_HOME:-/usr/share/elasticsearch/jdk}/bin/jar" -xf "$1"; fi); }
certutil() { /usr/share/elasticsearch/bin/elasticsearch-certutil "$@" --silent --pem; }
certutil ca --out "$work/ca.zip"
unpack ca.zip
certutil cert --in "$work/instances.yml" --ca-cert "$work/ca/ca.crt" --ca-key "$work/ca/ca.key" --days 1095 --out "$work/servers.zip"
unpack servers.zip

cp "$work/ca/ca.crt" ca/ca.crt
for server in elasticsearch redis kibana; do
  cp "$work/$server/$server.crt" "$server/tls.crt"
  cp "$work/$server/$server.key" "$server/tls.key"
  chmod 0644 "$server"/tls.*
done
rm -rf "$work"
echo 'certificates: one authority, three servers, for three years'
