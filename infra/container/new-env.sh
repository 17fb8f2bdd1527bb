#!/bin/sh
# Writes the passwords of a new installation to .env, where docker compose reads them. Never replaces one:
# the servers keep the password that they were first started with.
set -eu
umask 077
file="${1:-.env}"
draft="$(mktemp "$file.XXXXXX")"
trap 'rm -f "$draft"' EXIT

for name in POSTGRES_PASSWORD TEMPORAL_POSTGRES_PASSWORD S3_ROOT_SECRET \
  S3_API_SECRET S3_ASSURANCE_SECRET S3_TRUST_SECRET S3_TRANSFORM_SECRET S3_INGEST_SECRET; do
  # hexadecimal, since some of these become part of a URL
  printf '%s=%s\n' "$name" "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" >>"$draft"
done

# a link appears whole or not at all, and not over a file that is there
if ln "$draft" "$file" 2>/dev/null; then
  echo "passwords written to $file; keep it: the data cannot be opened without it"
else
  echo "$file exists and is kept; remove it only together with the volumes" >&2
  exit 1
fi
