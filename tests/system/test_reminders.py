"""Mails before a password ends (CT-10.3, CT-11.4): from the directory into the mailbox, each once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tcv import mailbox

UNIT = "thucongvu-reminders.service"
VIETNAM = timedelta(hours=7)


@pytest.fixture
def ageing(site, directory) -> Iterator[dict[str, str]]:
    """A person whose password a test may make older; afterwards it is as old as it was."""
    person = site.account("person", -6)
    (changed,) = directory.read(person["dn"], "pwdChangedTime")["pwdChangedTime"]
    yield person
    directory.modify(person["dn"], f"replace: pwdChangedTime\npwdChangedTime: {changed}", relax=True)
    directory.modify(person["dn"], "replace: pwdReset\npwdReset: FALSE", relax=True)


def end_in(directory, person: dict[str, str], days: int) -> datetime:
    """Make a password so old that it ends on the day so many days from today, before midnight; returns when."""
    (policy,) = directory.read(person["dn"], "pwdPolicySubentry")["pwdPolicySubentry"]
    (age,) = directory.read(policy, "pwdMaxAge")["pwdMaxAge"]
    today = (datetime.now(UTC) + VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0) - VIETNAM
    ends = today + timedelta(days=days, hours=23, minutes=59)
    changed = ends - timedelta(seconds=int(age))
    directory.modify(person["dn"], f"replace: pwdChangedTime\npwdChangedTime: {changed:%Y%m%d%H%M%SZ}", relax=True)
    return ends + VIETNAM


def reminded(site, person: dict[str, str]) -> list[mailbox.EmailMessage]:
    """The reminders in a person's mailbox, oldest first."""
    with site.imap(person) as session:
        session.select(readonly=True)
        _, found = session.search(None, "HEADER", "Subject", '"Your official mail password ends on"')
        mails = []
        for number in found[0].split():
            _, data = session.fetch(number.decode(), "(BODY.PEEK[])")
            mails.append(mailbox.message_from_bytes(data[0][1], policy=mailbox.policy.default))
        return mails


def run(host) -> str:
    """Let the program run now, as its timer does; what it says."""
    host.check_output("systemctl start %s", UNIT)
    return host.check_output("journalctl --unit %s --output cat --lines 20 --no-pager | grep '^sent ' | tail -1", UNIT)


def test_ct_10_3_ct_11_4_reminders_arrive_14_7_and_1_days_before_the_end_each_once(
    site, host, directory, ageing, eventually
):
    before = len(reminded(site, ageing))
    for number, days in enumerate((14, 7, 1), start=1):
        ends = end_in(directory, ageing, days)
        assert run(host).startswith("sent 1 of ")
        assert eventually(lambda number=number: len(reminded(site, ageing)) >= before + number)
        assert run(host).startswith("sent 0 of "), "each once"
        mail = reminded(site, ageing)[-1]
        assert f"hết hạn ngày {ends:%d/%m/%Y} (còn {days} ngày)" in mail["Subject"]
        vietnamese, english = mail.get_content().split("– – –")
        assert f"hết hạn ngày {ends:%d/%m/%Y} (còn {days} ngày)" in vietnamese
        assert f"https://sso.{site.domain}/" in vietnamese
        assert f"ends on {ends:%d/%m/%Y} (days left: {days})" in english
        assert mail["To"] == ageing["address"]
        help_address = json.loads(host.file("/etc/thucongvu/reminders/settings.json").content_string)["words"]["sender"]
        assert mail["From"].addresses[0].addr_spec == help_address
        assert "DKIM-Signature" in mail, (
            "outside a mailbox of ours, say one that mail is redirected to, it is proven too"
        )
    assert len(reminded(site, ageing)) == before + 3


def test_ct_10_3_who_must_change_anyway_is_not_reminded(host, directory, ageing):
    end_in(directory, ageing, 3)
    directory.modify(ageing["dn"], "replace: pwdReset\npwdReset: TRUE", relax=True)
    assert run(host).startswith("sent 0 of ")


def test_reminders_are_sent_every_day_and_a_day_that_was_missed_is_made_good(host):
    shown = host.check_output("systemctl show thucongvu-reminders.timer -p ActiveState -p UnitFileState -p Persistent")
    assert set(shown.splitlines()) == {"ActiveState=active", "UnitFileState=enabled", "Persistent=yes"}


def test_the_account_that_reads_the_ages_is_nobody_elses_to_know(host):
    file = host.file("/etc/thucongvu/reminders/settings.json")
    assert (file.user, file.mode) == ("root", 0o600)
