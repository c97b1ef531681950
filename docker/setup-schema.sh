#!/bin/sh
# Creates the Temporal server's two databases in PostgreSQL, or brings them to the version of this tool. It may run again
# at any time. Where and as whom: the tool's own SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD.
set -eu
export SQL_PLUGIN=postgres12

set_up() { # database, schema
  temporal-sql-tool --database "$1" create-database
  temporal-sql-tool --database "$1" setup-schema --version 0.0
  temporal-sql-tool --database "$1" update-schema --schema-name "postgresql/v12/$2"
}

set_up temporal temporal
set_up temporal_visibility visibility
