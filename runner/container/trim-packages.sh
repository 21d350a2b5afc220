#!/bin/sh
# Removes from ./node_modules what no program loads at run time. Used while an image is built.
set -eu
# @libsql/client depends on the native library libsql (20 MB), which only its `file:` URLs load. No program uses those.
rm -rf node_modules/libsql node_modules/@libsql/linux-*
# Declarations and source maps are for compilers and debuggers.
rm -rf node_modules/@types node_modules/@cloudflare/workers-types
find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.[cm]ts' \) -delete
