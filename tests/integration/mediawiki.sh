#!/usr/bin/env bash
# A real MediaWiki (Debian's package, SQLite, PHP's own server) on loopback, for tests.
#
#   mediawiki.sh install          install the Debian packages; needs root
#   mediawiki.sh start DIR        set up a wiki in DIR on a free port and start it; prints its URL
#   mediawiki.sh password DIR     make a bot password; prints "USER@APP PASSWORD"
#   mediawiki.sh jobs DIR         run the job queue, as a wiki's cron does
#   mediawiki.sh stop DIR         stop the server started in DIR
#
# Everything it writes is in DIR; it stops only the process whose id it wrote there.
set -euo pipefail

MW=/usr/share/mediawiki
PACKAGES=(mediawiki php-cli php-sqlite3 php-intl php-mbstring php-xml php-curl)
ADMIN=Admin
ADMIN_PASSWORD=only-on-loopback-1

die() { echo "mediawiki.sh: $*" >&2; exit 1; }

install_packages() {
  local missing=() package
  for package in "${PACKAGES[@]}"; do
    dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  export DEBIAN_FRONTEND=noninteractive
  # Packages must not start servers of their own.
  [ -e /usr/sbin/policy-rc.d ] || { printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d; }
  apt-get -o DPkg::Lock::Timeout=300 -qq update >&2
  apt-get -o DPkg::Lock::Timeout=300 -y -qq --no-install-recommends install "${missing[@]}" </dev/null >&2
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

start() {
  local dir=$1 port url i
  [ -d "$MW" ] || die "the Debian package mediawiki is not installed; run: mediawiki.sh install"
  mkdir -p "$dir"/{data,images,cache,tmp}
  port=$(free_port)
  url="http://127.0.0.1:$port"
  php "$MW/maintenance/install.php" --confpath "$dir" --dbtype sqlite --dbname wiki --dbpath "$dir/data" \
    --server "$url" --scriptpath "" --lang en --pass "$ADMIN_PASSWORD" "Test Wiki" "$ADMIN" \
    >"$dir/install.log" 2>&1 || { tail -20 "$dir/install.log" >&2; die "install.php failed"; }
  cat >>"$dir/LocalSettings.php" <<PHP
\$wgArticlePath = "/wiki/\$1";
\$wgCacheDirectory = '$dir/cache';
\$wgTmpDirectory = '$dir/tmp';
\$wgUploadDirectory = '$dir/images';
\$wgMainCacheType = CACHE_DB;
\$wgJobRunRate = 0;
\$wgRateLimits = [];
\$wgPingback = false;
if (is_file('$dir/private')) { \$wgGroupPermissions['*']['read'] = false; }
PHP
  cat >"$dir/router.php" <<'PHP'
<?php // routes PHP's built-in server into the Debian tree
$mw = '/usr/share/mediawiki';
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path === '/' || strncmp($path, '/wiki/', 6) === 0) $script = 'index.php';
elseif (preg_match('#^/(index|api|load|rest)\.php#', $path, $found)) $script = "$found[1].php";
else return false;
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = "/$script";
$_SERVER['SCRIPT_FILENAME'] = "$mw/$script";
chdir($mw);
require "$mw/$script";
return true;
PHP
  # setsid: the server and its workers are one process group, stopped together.
  MW_CONFIG_FILE="$dir/LocalSettings.php" PHP_CLI_SERVER_WORKERS=2 setsid php -d memory_limit=256M \
    -d opcache.enable_cli=1 -S "127.0.0.1:$port" -t "$MW" "$dir/router.php" </dev/null >"$dir/server.log" 2>&1 &
  echo $! >"$dir/pid"
  for ((i = 0; i < 120; i++)); do
    kill -0 "$(cat "$dir/pid")" 2>/dev/null || { tail -20 "$dir/server.log" >&2; die "the server ended"; }
    python3 - "$url/api.php?action=query&meta=siteinfo&format=json" <<'PY' && { echo "$url"; return 0; }
import sys, urllib.request
try:
    with urllib.request.urlopen(sys.argv[1], timeout=5) as answer:
        sys.exit(0 if answer.status == 200 else 1)
except OSError:
    sys.exit(1)
PY
    sleep 0.25
  done
  stop "$dir"
  die "no answer from $url in 30 s"
}

stop() {
  local dir=$1 pid i
  [ -f "$dir/pid" ] || return 0
  pid=$(cat "$dir/pid")
  kill -TERM -- "-$pid" 2>/dev/null || true
  for ((i = 0; i < 50; i++)); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  kill -KILL -- "-$pid" 2>/dev/null || true
  rm -f "$dir/pid"
}

password() {
  MW_CONFIG_FILE="$1/LocalSettings.php" php "$MW/maintenance/createBotPassword.php" --appid test \
    --grants basic,highvolume,editpage,createeditmovepage,delete "$ADMIN" |
    sed -n "s/.*username:'\([^']*\)' and password:'\([^']*\)'.*/\1 \2/p"
}

jobs() { MW_CONFIG_FILE="$1/LocalSettings.php" php "$MW/maintenance/runJobs.php" --maxjobs 500 >"$1/jobs.log" 2>&1; }

command=${1:-}
case "$command" in
  install) install_packages ;;
  start | stop | password | jobs) [ $# -eq 2 ] || die "$command needs a directory"; "$command" "$2" ;;
  *) die "usage: mediawiki.sh install | start DIR | password DIR | jobs DIR | stop DIR" ;;
esac
