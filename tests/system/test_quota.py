"""CT-4.1: the size of a mailbox by its class, as the mail server itself tells it."""

import re

import pytest


def storage_limit(session):
    """The limit in KiB (RFC 9208), or None where there is none."""
    _, answer = session.getquotaroot("INBOX")
    said = b" ".join(part for parts in answer for part in parts if part).decode()
    found = re.search(r"STORAGE \d+ (\d+)", said)
    return int(found.group(1)) if found else None


@pytest.mark.parametrize("kind", ["agency", "unit", "person"])
def test_the_quota_is_the_regulations(site, cantho, kind):
    quota = cantho.quotas[kind].value
    with site.imap(site.account(kind)) as session:
        assert storage_limit(session) == (None if quota is None else quota // 1024)


def test_the_classes_differ(site):
    limits = []
    for kind in ("agency", "unit", "person"):
        with site.imap(site.account(kind)) as session:
            limits.append(storage_limit(session))
    assert limits == [None, 10 * 1024**2, 5 * 1024**2]  # CT-4.1a, CT-4.1b, CT-4.1c
