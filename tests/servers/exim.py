"""A real mail server: exim with a login and a queue, delivering to Dovecot; nothing leaves."""

import grp
import os
import pwd
import shutil
import subprocess
from string import Template
from typing import Self

from tests.servers import free_port, own_folder, started, stopped

_CONFIG = Template("""\
exim_user = $user
exim_group = $group
primary_hostname = mail.test
spool_directory = $root/spool
pid_file_path = $root/spool/exim.pid
log_file_path = $root/log/%slog
local_interfaces = 127.0.0.1
daemon_smtp_ports = $port
domainlist local_domains = $domains
never_users = root
host_lookup =
rfc1413_hosts =
dns_ipv4_lookup = *
disable_ipv6 = true
keep_environment =
message_size_limit = 50M
acl_smtp_rcpt = receivers
tls_advertise_hosts =
auth_advertise_hosts = *

begin acl
receivers:
  accept domains = +local_domains
         endpass
         message = unknown user
         verify = recipient
  deny message = relay not permitted

begin routers
local:
  driver = accept
  domains = +local_domains
  condition = $${lookup{$$local_part@$$domain}lsearch{$root/users}{1}{0}}
  transport = dovecot

begin transports
dovecot:
  driver = smtp
  protocol = lmtp
  hosts = 127.0.0.1
  hosts_override = true
  allow_localhost
  port = $lmtp_port
  rcpt_include_affixes
  hosts_try_fastopen =

begin retry
* * F,1m,1s

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = $${if and {\\
    {!eq{$$auth3}{}}\\
    {eq{$$auth3}{$${lookup{$$auth2}lsearch{$root/users}{$$value}{}}}}\\
  }}
  server_set_id = $$auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = $${if and {\\
    {!eq{$$auth2}{}}\\
    {eq{$$auth2}{$${lookup{$$auth1}lsearch{$root/users}{$$value}{}}}}\\
  }}
  server_set_id = $$auth1
""")


class Exim:
    """A mail server for some users ({address: password}), from `start` to the end of the `with`."""

    def __init__(self, users: dict[str, str], lmtp_port: int) -> None:
        self.root = own_folder("exim")
        self.users = users
        self.port = free_port()
        self._lmtp_port = lmtp_port
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def start(self) -> Self:
        """Come up."""
        self._furnish()
        command = ["/usr/sbin/exim4", "-C", str(self.root / "exim.conf"), "-bdf", "-q5s"]
        self._process = started(command, self.port, self.root / "output.log")
        return self

    def stop(self) -> None:
        """Go; nothing to do where it has gone."""
        if self._process:
            stopped(self._process)
            self._process = None

    def _furnish(self) -> None:
        is_root = os.geteuid() == 0
        user = pwd.getpwnam("Debian-exim") if is_root else pwd.getpwuid(os.geteuid())
        for folder in (self.root / "spool", self.root / "log"):
            folder.mkdir(exist_ok=True)
            if is_root:
                os.chown(folder, user.pw_uid, user.pw_gid)
        users = "".join(f"{name}: {word}\n" for name, word in self.users.items())
        (self.root / "users").write_text(users)
        (self.root / "exim.conf").write_text(
            _CONFIG.substitute(
                root=self.root,
                user=user.pw_name,
                group=grp.getgrgid(user.pw_gid).gr_name,
                port=self.port,
                lmtp_port=self._lmtp_port,
                domains=":".join(sorted({name.partition("@")[2] for name in self.users})),
            )
        )
