"""Who is reminded when that a password will end (CT-10.3, CT-11.4): the decision, and the words filled in.

The standard library only: this file also runs on the mail host, as a part of the program that sends (reminders_send.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from email.message import EmailMessage

from ansible_collections.thucongvu.mail.plugins.module_utils.notice import Words, notice

# So many days before the end, one mail each.
DAYS = (14, 7, 1)
ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Account:
    """What the directory says of a mailbox.

    Attributes:
        dn: Its entry, which outlives a change of address.
        address: Where the mail goes.
        name: How the mail addresses its owner.
        changed: When the password was set.
        max_age: How long it may be used; None is for ever.
    """

    dn: str
    address: str
    name: str
    changed: datetime
    max_age: timedelta | None


@dataclass(frozen=True, slots=True)
class Sent:
    """The last reminder of an account: for the password of which moment, and how many days before its end."""

    changed: datetime
    days: int


@dataclass(frozen=True, slots=True)
class Reminder:
    """A mail that is due.

    Attributes:
        account: Whose password ends.
        days: Which of the mails it is: 14, 7 or 1.
        left: Days left by the calendar; 0 is today.
        ends: When it ends, in the province's time.
    """

    account: Account
    days: int
    left: int
    ends: datetime

    @property
    def sent(self) -> Sent:
        """What is remembered of it."""
        return Sent(self.account.changed, self.days)


def generalized_time(text: str) -> datetime:
    """Return a moment of the directory (RFC 4517, 3.3.13), of which slapd writes UTC with or without fractions."""
    digits = text.removesuffix("Z").partition(".")[0]
    return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def read_account(
    dn: str, attributes: Mapping[str, list[str]], max_ages: Mapping[str, timedelta | None]
) -> Account | None:
    """Return an account that may be reminded; None where it may not sign in, or its password must be changed anyway.

    Args:
        dn: The entry.
        attributes: Its attributes; names in small letters.
        max_ages: How long passwords may be used, by the policy's DN in small letters.
    """

    def first(name: str) -> str:
        return (attributes.get(name) or [""])[0]

    if first("tcvmailboxstatus") != ACTIVE or first("pwdreset") == "TRUE" or not first("mail"):
        return None
    if not first("pwdchangedtime"):
        return None
    return Account(
        dn,
        first("mail"),
        first("displayname") or first("mail"),
        generalized_time(first("pwdchangedtime")),
        max_ages.get(first("pwdpolicysubentry").lower()),
    )


def reminder(account: Account, sent: Sent | None, now: datetime, zone: tzinfo) -> Reminder | None:
    """Return the mail that is due for an account, None where there is none.

    Days are those of the calendar, since people read a date. Of several that are due only the one that is nearest to the end is
    sent, and none that is further from it than one sent already: a day that was missed brings one mail and not two.

    Args:
        account: The account.
        sent: Its last reminder; one for a former password does not count.
        now: The moment.
        zone: The province's time.
    """
    if account.max_age is None:
        return None
    ends = (account.changed + account.max_age).astimezone(zone)
    # Once it has ended no mail can be read; the portal says what to do.
    if ends <= now:
        return None
    left = (ends.date() - now.astimezone(zone).date()).days
    due = [days for days in DAYS if left <= days]
    if not due:
        return None
    nearest = min(due)
    if sent is not None and sent.changed == account.changed and sent.days <= nearest:
        return None
    return Reminder(account, nearest, left, ends)


def reminders(
    accounts: Iterable[Account], sent: Mapping[str, Sent], now: datetime, zone: tzinfo
) -> tuple[Reminder, ...]:
    """Return the mails that are due, those whose password ends first at the front: they must not wait for the others."""
    due = [found for account in accounts if (found := reminder(account, sent.get(account.dn), now, zone)) is not None]
    return tuple(sorted(due, key=lambda found: (found.ends, found.account.dn)))


def message(due: Reminder, words: Words, now: datetime) -> EmailMessage:
    """Return the mail."""
    values = {
        # A name is somebody's input: on one line it stays.
        "name": " ".join(due.account.name.split()),
        "address": due.account.address,
        "days": due.left,
        "date": f"{due.ends:%d/%m/%Y}",
    }
    return notice(words, due.account.address, values, now)
