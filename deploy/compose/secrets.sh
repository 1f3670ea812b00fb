#!/bin/sh
# Makes ./secrets, one directory for each holder of a secret: random passwords, and the secrets of the vendors' apps that
# .env names, which it asks for (or reads from its input, one a line). What is there stays: a second run changes nothing.
# Works as any user; docker-compose.yml runs it too, as "secrets", before anything that needs a secret.
#
# Containers read the files as users of their own. So the files are open and the directory above them is closed: on this
# machine only its owner gets in, and a container sees only the directories that are mounted into it.
set -eu
umask 022
fail() {
  echo "secrets: $1" >&2
  exit 1
}

cd "$(dirname "$0")"
if [ $# -gt 0 ]; then
  secrets=$1
else
  cd ../..
  secrets=${SHENJI_SECRETS:-./secrets}
fi
if [ -d "$secrets" ]; then
  owner=$(find "$secrets" -prune -exec ls -ldn {} + | awk '{ print $3 }')
  closed=yes
  chmod 0700 "$secrets" 2>/dev/null || closed=no
  [ -w "$secrets" ] && [ -x "$secrets" ] ||
    fail "$secrets belongs to user $owner; make it yours with: sudo chown -R $(id -u) $secrets"
  # Whoever may not change its mode may find it closed all the same.
  case $closed$(ls -ldn "$secrets") in
  yes*) ;;
  nod???------*) ;;
  *) fail "$secrets belongs to user $owner and is open to others; as that user: chmod 0700 $secrets" ;;
  esac
fi

# The ids of the vendors' apps, as Compose takes them: the environment before .env.
id_of() {
  if eval "[ -n \"\${$1+set}\" ]"; then
    eval "printf '%s' \"\$$1\""
  elif [ -f .env ]; then
    sed -n "s/^$1=//p" .env | tail -n 1 | tr -d "\"' \r"
  fi
}
feishu=$(id_of FEISHU_APP_ID)
dingtalk=$(id_of DINGTALK_APP_KEY)
case $feishu$dingtalk in
*[!A-Za-z0-9_-]*) fail 'FEISHU_APP_ID and DINGTALK_APP_KEY have letters, digits, - and _ only' ;;
esac

# Everything is asked before anything is made, so that without an answer nothing is left half done.
ask_for() {
  if [ "$1" = '' ] || [ -s "$secrets/vendor/$1" ]; then return; fi
  if [ -t 0 ]; then
    printf 'Secret of the app %s: ' "$1" >&2
    trap 'stty echo' EXIT INT TERM
    stty -echo
  fi
  read -r given || :
  [ ! -t 0 ] || echo >&2
  [ -n "$given" ] || fail "$secrets/vendor/$1 is missing: \"sh deploy/compose/secrets.sh\" asks for the app's secret on a terminal, or reads it from its input"
  printf '%s' "$given"
}
feishu_secret=$(ask_for "$feishu")
dingtalk_secret=$(ask_for "$dingtalk")

# Written under another name first: a run that is cut off leaves no half of a secret.
keep() {
  if [ -s "$secrets/$1" ]; then return; fi
  [ -n "$2" ] || fail "nothing to write into $secrets/$1"
  mkdir -p "$secrets/${1%/*}"
  printf '%s' "$2" >"$secrets/$1.new"
  mv "$secrets/$1.new" "$secrets/$1"
}
[ -d "$secrets" ] || mkdir -m 0700 "$secrets"
# Also where no app is named yet: what Docker makes for a mount that is not there belongs to root.
mkdir -p "$secrets/vendor"
for name in elastic/password kibana/password kibana/encryption_key writer/password setup/password reader/password redis/password http/token; do
  random=$(od -An -tx1 -N24 /dev/urandom | tr -d ' \n')
  keep "$name" "$random"
done
[ -z "$feishu" ] || keep "vendor/$feishu" "$feishu_secret"
[ -z "$dingtalk" ] || keep "vendor/$dingtalk" "$dingtalk_secret"
echo "secrets: $secrets is complete; keep it out of backups that others read" >&2
