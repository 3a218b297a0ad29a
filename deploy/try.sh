#!/usr/bin/env bash
# Tries an installation on this machine before a real one is made: PostgreSQL, Redis, one API behind nginx with the
# configuration of deploy/nginx, one scheduler, two workers, all in production mode, against a simulator of WeCom. While a push
# to 25 000 people goes out, a worker is killed and every process is restarted in turn, and clients go on calling.
# Everything is private to it: temporary folders, free ports, nothing is sent to anybody. Prints a table; 0 when all is well.
#   bash deploy/try.sh [people]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for program in nginx redis-server openssl; do
  command -v "$program" >/dev/null || PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || {
    echo "deploy/try.sh needs $program (Debian: apt-get install nginx redis-server postgresql openssl)" >&2
    exit 2
  }
done
# Installs and builds what is missing.
node scripts/cli.mjs --version >/dev/null
RECALLKIT_TRY_PEOPLE=${1:-25000} exec node_modules/.bin/vitest run scripts/deployment/rolling-restart.test.ts \
  --reporter=dot --disable-console-intercept
