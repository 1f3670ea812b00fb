#!/bin/sh
# Makes ./secrets, one directory for each holder of a secret: random passwords, and the secrets of the vendors' apps that
# .env names, which it asks for (or reads from its input, one a line). What is there stays: a second run changes nothing.
# Works as any user; docker-compose.yml runs it too, as "secrets", before anything that needs a secret.
#
# "renew writer/password" makes one of them anew. That of elastic, the superuser, is kept in Elasticsearch's data too: it
# is changed there first, with the old one, so Elasticsearch has to run.
#
# Containers read the files as users of their own. So the files are open and the directory above them is closed: on this
# machine only its owner gets in, and a container sees only the directories that are mounted into it.
set -eu
umask 022
fail() {
  echo "secrets: $1" >&2
  exit 1
}

renew=
if [ "${1-}" = renew ]; then
  renew=${2-}
  [ -n "$renew" ] || fail 'renew which? For example: renew writer/password'
  shift 2
fi

case ${1-} in
'' | /*) ;;
*) fail "what is \"$1\"? Without a word it makes what is missing, \"renew writer/password\" makes one anew" ;;
esac

cd "$(dirname "$0")"
[ $# -gt 0 ] || cd ../..

# A value as Compose reads it from a line of .env, where it belongs to $1; what would need more than this is refused.
value_of() {
  line=$2
  end=
  case $line in
  \"*) end=\" ;;
  \'*) end=\' ;;
  esac
  if [ -n "$end" ]; then
    line=${line#?}
    value=${line%%"$end"*}
    [ "$value" != "$line" ] || fail "$1 in .env begins with a quote that nothing ends"
  else
    value=$(printf '%s' "${line%%' #'*}" | sed 's/[[:space:]]*$//')
  fi
  # Of these two it only asks whether they are set.
  case $1=$value in
  SHENJI_CONFIG=* | SHENJI_TENANT=*) ;;
  *[\\\$]*) fail "$1 in .env has a \\ or a \$: write its value as it is" ;;
  esac
  printf '%s' "$value"
}

# A comment behind nothing is a value for Compose, and a mistake of whoever wrote it.
setting() {
  taken=$(raw_setting "$1")
  case $taken in
  '#'*) fail "$1 is \"$taken\", which Compose takes for its value: put the comment on a line of its own" ;;
  esac
  printf '%s' "$taken"
}

# As Compose takes a setting: from the environment before .env, and there from the last line that names it.
raw_setting() {
  if eval "[ -n \"\${$1+set}\" ]"; then
    eval "printf '%s' \"\$$1\""
  elif [ -f .env ]; then
    line=$(tr -d '\r' <.env | sed -n "s/^[[:space:]]*\(export[[:space:]][[:space:]]*\)*$1[[:space:]]*[=:][[:space:]]*//p" | tail -n 1)
    value_of "$1" "$line"
  fi
}
secrets=${1-}
[ -n "$secrets" ] || secrets=$(setting SHENJI_SECRETS)
case ${secrets:=./secrets} in
/* | ./* | ../* | . | ..) ;;
'~' | '~/'*) secrets=${HOME:?}${secrets#?} ;;
*) fail "SHENJI_SECRETS is \"$secrets\", which Compose takes for no directory: begin it with /, ./, ../ or ~/" ;;
esac
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

feishu=$(setting FEISHU_APP_ID)
dingtalk=$(setting DINGTALK_APP_KEY)
case $feishu$dingtalk in
*[!A-Za-z0-9_-]*) fail 'FEISHU_APP_ID and DINGTALK_APP_KEY have letters, digits, - and _ only' ;;
esac
tenant=$(setting SHENJI_TENANT)
config=$(setting SHENJI_CONFIG)
if [ -n "$tenant$feishu$dingtalk" ] && [ -z "$config" ]; then
  fail 'a tenant or an app is named (.env, or the environment) and SHENJI_CONFIG is not, so the demo would be collected in its place; in .env: SHENJI_CONFIG=./deploy/compose/shenji.yml'
fi
if [ -f .env ] && [ -z "$feishu$dingtalk" ]; then
  echo 'secrets: .env names neither FEISHU_APP_ID nor DINGTALK_APP_KEY, so no secret of an app is asked for' >&2
fi

names='elastic/password kibana/password kibana/encryption_key writer/password repair/password setup/password reader/password redis/password http/token'
[ "$renew" != kibana/encryption_key ] ||
  fail 'that one stays: with another, Kibana reads nothing that it has encrypted'
apps="${feishu:+vendor/$feishu} ${dingtalk:+vendor/$dingtalk}"
case " $names $apps " in
*" ${renew:-elastic/password} "*) ;;
*) fail "there is no $renew to renew; there are: $names $apps" ;;
esac
[ -z "$renew" ] || [ -s "$secrets/$renew" ] || fail "there is no $secrets/$renew to renew"

# Everything is asked before anything is made, so that without an answer nothing is left half done.
stays() { [ -s "$secrets/$1" ] && [ "$1" != "$renew" ]; }
ask_for() {
  if [ "$1" = '' ] || stays "vendor/$1"; then return; fi
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
  if stays "$1"; then return; fi
  [ -n "$2" ] || fail "nothing to write into $secrets/$1"
  mkdir -p "$secrets/${1%/*}"
  # What an earlier run has left may be Elasticsearch's password by now.
  [ "$1" = elastic/password ] && [ -s "$secrets/$1.new" ] || printf '%s' "$2" >"$secrets/$1.new"
  if [ "$1" = elastic/password ] && [ -s "$secrets/$1" ]; then
    ${COMPOSE:-docker compose} version >/dev/null 2>&1 ||
      fail "\"${COMPOSE:-docker compose}\" does not answer, by which Elasticsearch would hear of its new password; COMPOSE names another, as in COMPOSE=docker-compose. The password is what it was"
    ${COMPOSE:-docker compose} run --rm -T --no-deps users password </dev/null ||
      fail "Elasticsearch has kept the old password, or does not say; start it and do this again"
  fi
  mv "$secrets/$1.new" "$secrets/$1"
}
[ -d "$secrets" ] || mkdir -m 0700 "$secrets"
# Also where no app is named yet: what Docker makes for a mount that is not there belongs to root.
mkdir -p "$secrets/vendor"
for name in $names; do
  random=$(od -An -tx1 -N24 /dev/urandom | tr -d ' \n')
  keep "$name" "$random"
done
[ -z "$feishu" ] || keep "vendor/$feishu" "$feishu_secret"
[ -z "$dingtalk" ] || keep "vendor/$dingtalk" "$dingtalk_secret"
if [ -n "$renew" ]; then
  case $renew in
  vendor/*) next="${COMPOSE:-docker compose} restart scheduler worker" ;;
  *) next="${COMPOSE:-docker compose} up -d --force-recreate" ;;
  esac
  echo "secrets: $secrets/$renew is new; now: $next" >&2
  exit
fi
echo "secrets: $secrets is complete; keep it out of backups that others read" >&2
