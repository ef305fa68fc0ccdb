"""What the directory makes of changes of the register: somebody leaves, and a row that may not be gone is gone (CT-5.3)."""

import csv
import imaplib
import os
import shutil
from pathlib import Path

import pytest

from tcv import mailbox, ready, testhost
from tcv.messages import Trouble
from tcv.site import Site


@pytest.fixture(scope="module")
def site():
    return Site(Path(os.environ["TCV_INVENTORY"]), Path(os.environ["TCV_STATE"]))


@pytest.fixture
def register(site, tmp_path):
    """A copy of the register, which the province's own stays the measure of afterwards."""
    copy = tmp_path / "register"
    shutil.copytree(site.inventory / "register", copy)
    yield copy
    site.play("accounts", log="register-back")


def rewrite(file, change):
    with file.open(encoding="utf-8", newline="") as source:
        rows = [row for row in map(change, list(csv.reader(source))) if row is not None]
    with file.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target, lineterminator="\n").writerows(rows)


def person_of(register):
    """The file, id and address of somebody who is active."""
    file = register / "people" / "sonv.csv"
    with file.open(encoding="utf-8", newline="") as source:
        row = [row for row in csv.DictReader(source) if row["status"] == "active"][-1]
    return file, row["id"], row["address"]


def account_of(site, address):
    """Somebody's account with the password that they chose."""
    (account,) = [account for account in ready.owned(site) if account["address"] == f"{address}@{site.domain}"]
    assert account["state"] == "ready"
    return account


def session_of(site, account):
    service = mailbox.Service(f"imap.{site.domain}", testhost.address(site.container(site.members("mail")[0])), 993)
    session = mailbox.Imap(service, mailbox.trusting(site.ca))
    session.login(account["address"], account["password"])
    return session


def ask_a_hundred_times(session):
    for _ in range(100):
        session.noop()


def test_a_row_that_is_gone_stops_the_play_and_changes_nothing(site, register):
    file, number, address = person_of(register)
    rewrite(file, lambda row: None if row[0] == number else row)
    with pytest.raises(Trouble) as refused:
        site.play("accounts", "--extra-vars", f"register_dir={register}", log="row-gone")
    assert f"{address}@{site.domain}" in str(refused.value)
    with session_of(site, account_of(site, address)):
        pass


def test_an_issued_address_never_changes(site, register):
    """One person's mail would reach another."""
    file, number, address = person_of(register)
    rewrite(file, lambda row: [*row[:7], "dia.chi.khac"] if row[0] == number else row)
    with pytest.raises(Trouble) as refused:
        site.play("accounts", "--extra-vars", f"register_dir={register}", log="readdressed")
    assert f"{address}@{site.domain} -> dia.chi.khac@{site.domain}" in str(refused.value)


def test_who_has_left_is_signed_out_and_cannot_sign_in_again(site, register):
    file, number, address = person_of(register)
    account = account_of(site, address)
    session = session_of(site, account)
    rewrite(file, lambda row: [*row[:6], "cancelled", row[7]] if row[0] == number else row)
    site.play("accounts", "--extra-vars", f"register_dir={register}", log="left")
    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        ask_a_hundred_times(session)
    with pytest.raises(imaplib.IMAP4.error):
        session_of(site, account)
    assert account["address"] not in {listed["address"] for listed in site.accounts()}
    again = site.play("accounts", "--extra-vars", f"register_dir={register}", log="left-again")
    assert again.changed == 0
