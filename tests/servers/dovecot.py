"""A Dovecot of one's own: IMAP to read, LMTP to deliver. For root and for an ordinary user."""

import grp
import os
import pwd
import shutil
import smtplib
import subprocess
from string import Template
from typing import Self

from imapclient import IMAPClient

from tests.servers import free_port, own_folder, silent, started, stopped

_CONFIG = Template("""\
base_dir = $root/run
state_dir = $root/state
log_path = $root/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
$tls
disable_plaintext_auth = no
default_internal_user = $internal
default_internal_group = $internal_group
default_login_user = $internal
auth_mechanisms = plain login
auth_failure_delay = 0
first_valid_uid = 1
mail_plugins =
mail_location = maildir:~/Maildir
mailbox_list_index = yes
imap_idle_notify_interval = 1 secs
imap_capability = $capability
namespace inbox {
  inbox = yes
  prefix = $prefix
  separator = $separator
}
passdb {
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN username_format=%Lu $root/users
}
userdb {
  driver = passwd-file
  args = username_format=%Lu $root/users
  default_fields = uid=$mail_uid gid=$mail_gid home=$root/mail/%Lu
}
service anvil {
  chroot =
  # Else one wrong password slows down every login that follows, from the same address.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $imap_port
  }
  inet_listener imaps {
    port = $imaps_port
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = $lmtp_port
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
protocol lmtp {
  auth_username_format = %Lu
}
protocol imap {
  mail_max_userip_connections = 50
}
""")


class Dovecot:
    """Mailboxes for some users ({address: password}), from `start` to the end of the `with`."""

    def __init__(
        self,
        users: dict[str, str],
        *,
        tls: bool = False,
        prefix: str = "",
        capability: str = "",
    ) -> None:
        self.root = own_folder("dovecot")
        self.users = users
        self.imap_port = free_port()
        self.imaps_port = free_port() if tls else 0
        self.lmtp_port = free_port()
        self.ca_file = self.root / "cert.pem"
        self._tls = tls
        self._prefix = prefix
        self._capability = capability  # what the server says it can do; empty: the truth
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.crash()  # an orderly end takes seconds, and nothing is left to save
        shutil.rmtree(self.root, ignore_errors=True)

    def start(self) -> Self:
        """Come up, with the mail that was there before, on the same ports as before."""
        if not (self.root / "dovecot.conf").exists():
            self._furnish()
        command = ["/usr/sbin/dovecot", "-F", "-c", str(self.root / "dovecot.conf")]
        self._process = started(command, self.imap_port, self.root / "output.log")
        return self

    def stop(self) -> None:
        """Go in an orderly way; nothing to do where it has gone."""
        self._end(at_once=False)

    def crash(self) -> None:
        """Die with every open session, as in a power cut."""
        self._end(at_once=True)

    def deliver(self, address: str, raw: bytes, sender: str = "client@home.test") -> None:
        """Put a mail into a mailbox, as a mail server would."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
            lmtp.sendmail(sender, [address], raw)

    def client(self, address: str) -> IMAPClient:
        """Somebody else who reads the mailbox; close it after use (`with`)."""
        client = IMAPClient("127.0.0.1", port=self.imap_port, ssl=False, timeout=10)
        try:
            client.login(address, self.users[address])
        except BaseException:
            client.shutdown()
            raise
        return client

    def mails(self, address: str, folder: str = "INBOX") -> list[bytes]:
        """The mails in a folder, oldest first."""
        with self.client(address) as client:
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search(["ALL"]), ["BODY.PEEK[]"])
            return [found[uid][b"BODY[]"] for uid in sorted(found)]

    def renumber(self, address: str) -> None:
        """Forget the numbers of a mailbox, as after a restored backup; the server must be down."""
        maildir = self.root / "mail" / address / "Maildir"
        for known in maildir.glob("dovecot*"):
            if known.name == "dovecot-uidlist":
                validity = int(known.read_text().split()[1].removeprefix("V"))
                known.write_text(f"3 V{validity + 1000} N1\n")
            else:
                known.unlink()

    def _end(self, *, at_once: bool) -> None:
        if self._process:
            stopped(self._process, at_once=at_once)
            silent(self.imap_port)
            silent(self.lmtp_port)
            self._process = None

    def _furnish(self) -> None:
        is_root = os.geteuid() == 0
        me = pwd.getpwuid(os.geteuid())
        internal = pwd.getpwnam("nobody") if is_root else me
        mail = pwd.getpwnam("mail") if is_root else me  # Dovecot refuses mail of uid 0
        for folder in ("mail", "run", "state"):
            (self.root / folder).mkdir(exist_ok=True)
        if is_root:
            os.chown(self.root / "mail", mail.pw_uid, mail.pw_gid)
        users = "".join(f"{name}:{{PLAIN}}{word}::::::\n" for name, word in self.users.items())
        (self.root / "users").write_text(users)
        (self.root / "dovecot.conf").write_text(
            _CONFIG.substitute(
                root=self.root,
                tls=self._certified() if self._tls else "ssl = no",
                internal=internal.pw_name,
                internal_group=grp.getgrgid(internal.pw_gid).gr_name,
                mail_uid=mail.pw_uid,
                mail_gid=mail.pw_gid,
                imap_port=self.imap_port,
                imaps_port=self.imaps_port,
                lmtp_port=self.lmtp_port,
                prefix=self._prefix,
                separator="." if self._prefix else "/",
                capability=self._capability,
            )
        )

    def _certified(self) -> str:
        key, certificate = self.root / "key.pem", self.ca_file
        openssl = shutil.which("openssl") or "openssl"
        names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
        kind = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"]
        out = ["-addext", names, "-keyout", str(key), "-out", str(certificate)]
        subprocess.run([openssl, *kind, *out], check=True, capture_output=True)
        return f"ssl = yes\nssl_cert = <{certificate}\nssl_key = <{key}"
