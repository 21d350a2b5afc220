#!/bin/sh
# Starts the program as PUID:PGID (unRAID: 99:100), so that files in DATA_DIR belong to their owner.
set -eu
export UMASK="${UMASK:-022}"
umask "$UMASK"
if [ "$(id -u)" != 0 ]; then exec "$@"; fi

uid="${PUID:-1000}"
gid="${PGID:-1000}"
mkdir -p "$DATA_DIR"
# Only the folder itself: going through a large catalog at every start would take minutes.
if [ "$(stat -c %u:%g "$DATA_DIR")" != "$uid:$gid" ]; then chown "$uid:$gid" "$DATA_DIR"; fi
export HOME="$DATA_DIR"
exec setpriv --reuid "$uid" --regid "$gid" --clear-groups "$@"
