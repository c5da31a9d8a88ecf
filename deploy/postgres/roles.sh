#!/bin/sh
# Runs once, when the database is made: the owner, who migrates, and the application,
# which may not alter history. compose.yaml mounts it into docker-entrypoint-initdb.d.
set -eu
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" \
  -v owner_password="${OWNER_PASSWORD:-tequipy_owner}" \
  -v app_password="${APP_PASSWORD:-tequipy}" \
  -v exporter_password="${EXPORTER_PASSWORD:-tequipy_exporter}" <<'SQL'
-- CREATEDB: each daily backup is restored into a scratch database.
CREATE ROLE tequipy_owner LOGIN CREATEDB PASSWORD :'owner_password';
CREATE ROLE tequipy_app NOLOGIN;
CREATE ROLE tequipy LOGIN PASSWORD :'app_password' IN ROLE tequipy_app;
CREATE ROLE tequipy_exporter LOGIN PASSWORD :'exporter_password' IN ROLE pg_monitor;
CREATE DATABASE tequipy OWNER tequipy_owner;
SQL
