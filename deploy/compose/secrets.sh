#!/bin/sh
# Makes ./secrets: a random password for each server, kept where it is there already, and the app secret that you type.
# Compose mounts the files as they are, and the containers read them as users of their own: the directory keeps everybody
# else on this machine out. Elasticsearch insists on 0600 for its password and reads it as user 1000: where you are
# somebody else, "sudo chown 1000 secrets/elastic_password".
set -eu
cd "$(dirname "$0")/../.."
mkdir -p secrets
chmod 0700 secrets
for name in elastic_password kibana_password kibana_encryption_key es_writer_password es_setup_password redis_password http_token; do
  [ -s "secrets/$name" ] || od -An -tx1 -N24 /dev/urandom | tr -d ' \n' >"secrets/$name"
done
if [ ! -s secrets/feishu_app_secret ]; then
  printf 'App secret of the Feishu app: ' >&2
  read -r secret
  printf '%s' "$secret" >secrets/feishu_app_secret
fi
chmod 0644 secrets/*
chmod 0600 secrets/elastic_password
echo "secrets/ holds $(find secrets -type f | wc -l | tr -d ' ') files; keep them out of backups that others read" >&2
