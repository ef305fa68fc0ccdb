"""The host itself: only the wanted ports are open, only what is needed runs as root, and secrets lie with their owners."""

import socket
import stat
from concurrent.futures import ThreadPoolExecutor

WANTED = {25, 80, 389, 443, 465, 587, 636, 993, 995, 4190}


def is_open(address, port):
    try:
        with socket.create_connection((address, port), timeout=1):
            return True
    except OSError:
        return False


def test_only_the_wanted_ports_answer(site):
    with ThreadPoolExecutor(64) as pool:
        # 22 answers only where an SSH server is installed, which a test host has not.
        ports = [port for port in [*range(1, 1025), 3310, 4190, 6379, 8953, 11332, 11333, 11334, 12340] if port != 22]
        answers = pool.map(lambda port: is_open(site.address, port), ports)
        assert {port for port, answer in zip(ports, answers, strict=True) if answer} == WANTED


def test_the_firewall_refuses_what_it_does_not_know(host):
    rules = host.check_output("nft list chain inet thucongvu input")
    assert "policy drop" in rules


def test_every_unit_is_well(host):
    assert host.check_output("systemctl list-units --failed --no-legend --plain") == ""


def test_every_timer_that_a_package_enabled_runs(host):
    """Without a restart of the host."""
    listed = host.check_output("systemctl list-unit-files --type timer --state enabled --no-legend --plain")
    timers = [line.split()[0] for line in listed.splitlines()]
    assert "logrotate.timer" in timers
    # A condition (fstrim in a container) may keep one from running; nobody's having tried may not.
    untried = [
        timer
        for timer in timers
        if host.run("systemctl is-active %s", timer).rc != 0
        and not host.check_output("systemctl show --value --property ConditionTimestamp %s", timer)
    ]
    assert untried == []


def test_security_upgrades_are_automatic_and_restarts_are_not(host):
    said = host.check_output("apt-config dump")
    assert 'APT::Periodic::Unattended-Upgrade "1"' in said
    assert "Debian-Security" in said
    assert 'Unattended-Upgrade::Automatic-Reboot "false"' in said


def test_secrets_are_readable_by_their_daemon_alone(host):
    files = {
        "/etc/thucongvu/tls/key.pem": "ssl-cert",
        "/etc/postfix/ldap-senders.cf": "postfix",
        "/etc/dovecot/ldap-password.conf": "dovecot",
        "/etc/valkey/valkey.conf": "valkey",
        "/etc/rspamd/local.d/redis.conf": "_rspamd",
        "/etc/roundcube/config.inc.php": "roundcube",
    }
    for name, group in files.items():
        file = host.file(name)
        assert (file.user, file.group, stat.filemode(file.mode)[1:]) == ("root", group, "rw-r-----"), name


def test_no_secret_is_in_a_process_list(host, site):
    arguments = host.check_output("cat /proc/*/cmdline 2>/dev/null | tr '\\0' ' '; true")
    for account in site.facts["accounts"][:5]:
        assert account["password"] not in arguments
    for name in ("/etc/postfix/ldap-senders.cf", "/etc/valkey/valkey.conf"):
        for line in host.file(name).content_string.splitlines():
            if line.startswith(("bind_pw = ", "requirepass ")):
                assert line.split()[-1] not in arguments


def test_nothing_listens_beyond_loopback_but_the_wanted(host):
    listening = host.check_output("ss --no-header --listening --tcp --numeric")
    outside = {
        int(line.split()[3].rsplit(":", 1)[1])
        for line in listening.splitlines()
        if not line.split()[3].startswith(("127.", "[::1]"))
    }
    assert outside == WANTED


def test_names_are_known_without_dns(host, site):
    assert host.check_output("getent hosts imap.%s", site.domain).split()[0] == site.address


def test_the_scanners_socket_is_for_the_filter_alone(host):
    socket_file = host.file("/run/clamav/clamd.ctl")
    assert (socket_file.group, oct(socket_file.mode & 0o777)) == ("clamav", "0o660")


def test_a_local_account_reads_nothing_from_the_directory(host):
    asked = host.run("runuser -u nobody -- ldapsearch -Q -Y EXTERNAL -H ldapi:/// -LLL -b '' -s sub '(mail=*)' mail")
    assert "mail:" not in asked.stdout


def test_a_local_account_sends_nothing_past_the_filter_or_in_anothers_name(host, sender, recipient):
    """A daemon that was broken into has such an account."""
    handed_in = host.run(
        f"printf 'From: {sender['address']}\\n\\nx\\n' | runuser -u nobody -- sendmail -f {sender['address']} {recipient['address']}"
    )
    assert handed_in.rc != 0
    assert "not allowed to submit mail" in handed_in.stdout + handed_in.stderr
    assert host.run("runuser -u nobody -- test -w /run/dovecot/lmtp").rc != 0
    for loopback in ("127.0.0.1", "::1"):
        code = (
            "import smtplib, sys\n"
            f"with smtplib.SMTP('{loopback}', 25) as session:\n"
            f"    session.ehlo('x.outside.example'); session.mail('{sender['address']}')\n"
            f"    print(session.rcpt('{recipient['address']}')[0])"
        )
        assert host.check_output("runuser -u nobody -- python3 -c %s", code) == "554"
