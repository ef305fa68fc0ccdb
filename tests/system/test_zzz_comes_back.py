"""Daemons and the host come back by themselves. After the journal was judged: what is left of a killed daemon rightly complains there."""

import smtplib
from concurrent.futures import ThreadPoolExecutor


def test_services_come_back_after_a_crash(host, eventually):
    for unit in ("postfix.service", "dovecot.service", "nginx.service"):
        before = host.check_output("systemctl show --value --property MainPID %s", unit)
        host.check_output("kill -9 %s", before)
        assert eventually(
            lambda unit=unit, before=before: (
                host.check_output("systemctl show --value --property MainPID %s", unit) not in ("0", before)
            )
        )


def test_a_directory_that_was_away_holds_no_mail_up(host, site, recipient, stopped, eventually):
    """A look-up that was cut off is answered with the next one, so the next one must not wait behind it."""
    letters = [site.message("hoi.dan@outside.example", recipient["address"], "Khi danh bạ vắng") for _ in range(2)]
    with ThreadPoolExecutor() as background, site.outside() as first:
        first.mail("hoi.dan@outside.example")
        assert first.rcpt(recipient["address"])[0] == 250
        began = host.check_output("date +%s")
        with stopped("slapd.service"):
            # What Dovecot was told for the recipient would do for two seconds more.
            host.check_output("doveadm auth cache flush")
            waiting = background.submit(first.data, bytes(letters[0]))
            said = 'journalctl --quiet --unit dovecot --since @%s --grep "Can\'t contact LDAP server"'
            assert eventually(lambda: host.run(said, began).rc == 0)
        with site.outside() as second:
            second.send_message(letters[1])
        assert waiting.result()[0] == 250
    for message in letters:
        assert site.arrives(recipient, message) is not None


def test_a_restarted_host_is_whole_again(host, site, sender, recipient, eventually):
    def started():
        return host.run("systemctl show --value --property ActiveEnterTimestampMonotonic postfix.service").stdout

    before, name = started(), host.check_output("hostname")
    # All of it but the kernel, which is this machine's.
    host.run("systemctl soft-reboot")
    assert eventually(lambda: started() not in ("", "0\n", before), 120)
    assert eventually(lambda: host.run("systemctl is-system-running").stdout.strip() in ("running", "degraded"), 120)
    # podman lays its own file over the one that holds the name, and takes it away with the restart.
    host.check_output("hostnamectl hostname %s", name)
    assert host.run("systemctl --failed --no-legend --plain").stdout == ""
    assert "policy drop" in host.check_output("nft list ruleset")
    message = site.message(sender["address"], recipient["address"], "Sau khi khởi động lại")

    def accepted():
        try:
            with site.submission(sender) as session:
                return session.send_message(message) == {}
        except (OSError, smtplib.SMTPException):
            return False

    assert eventually(accepted)
    assert site.arrives(recipient, message) is not None
