#!/bin/sh
# Creates the namespace and the search attributes that Certus' workflows set. May run again.
set -eu
temporal() { "${TEMPORAL_CLI:-temporal}" "$@" --address "$TEMPORAL_ADDRESS" --namespace default; }

# The frontend answers before it has seen all of its cluster: asking is not enough, so try for two minutes.
attempts=0
until temporal operator cluster health && { temporal operator namespace describe || temporal operator namespace create --retention 30d; }; do
  attempts=$((attempts + 1))
  if [ "$attempts" -ge 60 ]; then
    echo "no namespace after $attempts attempts" >&2
    exit 1
  fi
  sleep 2
done

known="$(temporal operator search-attribute list)"
for name in CertusTenant CertusWorkspace CertusComponent CertusState CertusVerdict; do
  case "$known" in
    *"$name"*) ;;
    *) temporal operator search-attribute create --name "$name" --type Keyword ;;
  esac
done
echo 'namespace and search attributes are in place'
