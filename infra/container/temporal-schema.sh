#!/bin/sh
# Creates Temporal's two databases and brings them to the schema of this release of Temporal. May run again.
set -eu
tool="${TEMPORAL_SQL_TOOL:-temporal-sql-tool}"
schema="${TEMPORAL_SCHEMA:-/etc/temporal/schema/postgresql/v12}"

database() {
  sql() { "$tool" --plugin postgres12 --endpoint "$POSTGRES_HOST" --port "${POSTGRES_PORT:-5432}" --user temporal --database "$@"; }
  sql "$1" create-database
  # the table of versions; an existing one is kept with what it says
  sql "$1" setup-schema --version 0.0
  sql "$1" update-schema --schema-dir "$schema/$2/versioned"
}

database temporal temporal
database temporal_visibility visibility
