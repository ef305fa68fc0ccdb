"""CB-12.3, QT-4.2, BD-10: a mailbox goes to its new head with its password and all its data, and a protocol says so."""

import base64
import imaplib
import re
import shutil
import subprocess

import pytest


@pytest.fixture
def mailbox(site, directory):
    """A shared mailbox with a head; afterwards its password is the one of before."""
    given = next(one for one in site.facts["delegations"] if not one["delegates"] and one["mailbox"].startswith("p"))
    accounts = {account["address"]: account for account in site.facts["accounts"]}
    account = accounts[given["mailbox"]]
    kept = directory.read(account["dn"], "userPassword")["userPassword"][0]
    yield account, accounts[given["head"]]
    encoded = base64.b64encode(kept.encode()).decode()
    change = f"replace: userPassword\nuserPassword:: {encoded}"
    directory.modify(account["dn"], change, "replace: pwdReset\npwdReset: FALSE", relax=True)
    if directory.read(account["dn"], "pwdHistory"):
        directory.modify(account["dn"], "delete: pwdHistory", relax=True)


@pytest.fixture
def register(site, project, tmp_path, operator):
    """A copy of the register; afterwards the real one is applied."""
    folder = tmp_path / "register"
    shutil.copytree(project / "inventories" / site.facts["province"] / "register", folder)
    yield folder
    done = operator("accounts")
    assert done.returncode == 0, done.stdout


def identity(account):
    return re.search(r"(?:uid|tcvRegisterId)=([^,]+)", account["dn"])[1]


def test_a_new_head_gets_the_mailbox_and_the_old_one_loses_it(site, mailbox, register, sender, operator, tmp_path):
    unit, head = mailbox
    successor = next(
        account
        for account in site.facts["accounts"]
        if account["agency"] == unit["agency"]
        and account["kind"] == "person"
        and account["state"] == "ready"
        and account["address"] != head["address"]
    )
    message = site.message(sender["address"], unit["address"], "Hồ sơ bàn giao")
    with site.submission(sender) as session:
        session.send_message(message)
    assert site.arrives(unit, message) is not None

    asked = ["-e", f"account={unit['address']}", "-e", f"register_dir={register}", "-e", f"reports_dir={tmp_path}"]
    for unknown in ("*", "sonv)(uid=*"):
        refused = operator("handover", *asked, "-e", f"account={unknown}")
        assert refused.returncode != 0
        assert f"no account {unknown};" in " ".join(refused.stdout.split())
    refused = operator("handover", *asked)
    assert refused.returncode != 0
    assert "is the head of" in " ".join(refused.stdout.split())

    file = register / "agencies.yml"
    text = file.read_text("utf-8")
    place = text.index(f"address: {unit['address'].split('@')[0]}\n")
    changed = text[place:].replace(f"head: {identity(head)}", f"head: {identity(successor)}", 1)
    file.write_text(text[:place] + changed, encoding="utf-8")

    session = site.imap(unit)
    done = operator("handover", *asked, "-e", "account_request=15/QĐ-SNV")
    assert done.returncode == 0, done.stdout
    with pytest.raises((imaplib.IMAP4.error, OSError)):
        session.noop()
    with pytest.raises(imaplib.IMAP4.error):
        site.imap(unit)
    place = f"shared/{unit['address']}/INBOX"
    with site.imap(successor) as imap:
        assert imap.select(place, readonly=True)[0] == "OK"
        _, found = imap.search(None, "HEADER", "Message-ID", f'"{message["Message-ID"]}"')
        assert len(found[0].split()) == 1
    with site.imap(head) as imap:
        assert imap.select(place, readonly=True)[0] == "NO"

    (protocol,) = tmp_path.glob("handover-*.pdf")
    assert protocol.stat().st_mode & 0o777 == 0o600
    command = ["podman", "exec", "--interactive", site.facts["container"], "pdftotext", "-layout", "-", "-"]
    said = subprocess.run(command, input=protocol.read_bytes(), capture_output=True, check=True).stdout.decode()
    for wanted in ("BIÊN BẢN BÀN GIAO", unit["address"], head["name"], successor["name"], "15/QĐ-SNV", "INBOX"):
        assert wanted in said
    before, after = re.search(r"Tổng cộng.*?(\d+)\s+(\d+)", said).groups()
    assert int(before) == int(after) >= 1
