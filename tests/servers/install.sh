#!/bin/sh
# Installs the Debian servers that the tests start for themselves on 127.0.0.1, Dovecot (IMAP and
# LMTP) and exim (one real MTA), and poppler's reader of PDF. Does nothing where they are there.
set -eu
missing=""
[ -x /usr/sbin/dovecot ] && [ -x /usr/lib/dovecot/lmtp ] || missing="$missing dovecot-imapd dovecot-lmtpd"
[ -x /usr/sbin/exim4 ] || missing="$missing exim4-daemon-light"
[ -x /usr/bin/pdftotext ] && [ -x /usr/bin/pdftoppm ] || missing="$missing poppler-utils"
command -v openssl >/dev/null || missing="$missing openssl"
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null || { echo "Please install by hand:$missing"; exit 1; }
echo "== Installing the servers of the tests:$missing"
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo"
# No system daemon may come up: the tests start their own, as children, on free ports.
policy=/usr/sbin/policy-rc.d
ours=""
if [ ! -e "$policy" ]; then
  ours=yes
  printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
  $as_root chmod 755 "$policy"
fi
$as_root apt-get -qq update
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing >/dev/null
[ -z "$ours" ] || $as_root rm -f "$policy"
