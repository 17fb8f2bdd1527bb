#!/bin/sh
# Creates the namespace and the search attributes that Certus' workflows set. May run again.
set -eu
# A server that takes the connection and then goes away has been seen to leave the command waiting for ever.
temporal() { timeout 20 "${TEMPORAL_CLI:-temporal}" "$@" --address "$TEMPORAL_ADDRESS" --namespace "${TEMPORAL_NAMESPACE:-default}"; }

set_up() {
  temporal operator cluster health || return 1
  temporal operator namespace describe >/dev/null 2>&1 ||
    temporal operator namespace create --retention 30d || return 1
  known="$(temporal operator search-attribute list)" || return 1
  for name in CertusTenant CertusWorkspace CertusComponent CertusState CertusVerdict; do
    case "$known" in
      *"$name"*) ;;
      *) temporal operator search-attribute create --name "$name" --type Keyword || return 1 ;;
    esac
  done
}

# The frontend answers before it is ready, and takes some seconds to see a namespace that it has just been given.
attempts=0
until set_up; do
  attempts=$((attempts + 1))
  if [ "$attempts" -ge 60 ]; then
    echo "not set up after $attempts attempts" >&2
    exit 1
  fi
  sleep 2
done
echo 'namespace and search attributes are in place'
