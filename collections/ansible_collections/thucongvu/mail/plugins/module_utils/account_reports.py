"""What operators read about accounts: the records of the audit log, and when accounts were last used."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import LANGUAGES, say, sentence
from ansible_collections.thucongvu.mail.plugins.module_utils.spreadsheet import spreadsheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import Account

# The country has one.
TIMEZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WHAT = {
    "added": "account.added",
    "modified": "account.modified",
    "deleted": "account.deleted",
    "renamed": "account.renamed",
    "password": "account.password",
    "unlocked": "account.unlocked",
    "locked": "account.locked",
    "stopped": "account.stopped",
    "sent": "account.sent",
}
HEADER = ("address", "name", "agency", "status", "created", "last_use")


@dataclass(frozen=True, slots=True)
class Use:
    """When an account was made and last used, None for never."""

    account: Account
    created: datetime | None
    last: datetime | None


def ldap_time(text: str) -> datetime | None:
    """Return a time of the directory (``20261125084745Z``, with fractions or without), None where there is none.

    The year 0 is none: so the directory notes a lock that somebody has to end (slapo-ppolicy(5)).
    """
    if not text or text.startswith("0000"):
        return None
    return datetime.strptime(text.rstrip("Z").partition(".")[0], "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def opened_mailboxes(lines: Iterable[str]) -> dict[str, float]:
    """Return when each mailbox was last opened, by the register's id, from lines of seconds and the mailbox's folder."""
    found = {}
    for line in lines:
        seconds, _space, path = line.partition(" ")
        found[path.rpartition("/")[2]] = float(seconds)
    return found


def portal_sign_ins(sessions: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Return when each person last signed in at the portal, by the register's id, from what the portal remembers of each."""
    found: dict[str, float] = {}
    for session in sessions:
        history = session.get("_loginHistory") or {}
        moments = [float(one["_utime"]) for one in history.get("successLogin", [])]
        if session.get("_session_uid") and moments:
            found[str(session["_session_uid"])] = max(moments)
    return found


def last_uses(
    accounts: Iterable[Account], states: Iterable[Mapping[str, Any]], noted: Sequence[Mapping[str, float]]
) -> list[Use]:
    """Return the last use of each account that the directory has, the longest unused first.

    Args:
        accounts: The register's.
        states: What the directory has noted of each.
        noted: What others noted, in seconds since 1970, by the register's id.
    """
    by_id = {state["id"]: state for state in states}
    found = []
    for account in accounts:
        state = by_id.get(account.id)
        if state is None:
            continue
        # With every change of a password slapd forgets when it was used last; who changed it used it.
        changed = ldap_time(state["password_changed"]) if not state["must_change"] else None
        others = [datetime.fromtimestamp(moments[account.id], UTC) for moments in noted if account.id in moments]
        uses = [ldap_time(state["last_use"]), changed, *others]
        last = max((use for use in uses if use is not None), default=None)
        found.append(Use(account, ldap_time(state["created"]), last))
    never = datetime.min.replace(tzinfo=UTC)
    return sorted(found, key=lambda use: (use.last or never, use.account.address))


def _moment(moment: datetime | None) -> str:
    return moment.astimezone(TIMEZONE).strftime("%Y-%m-%d %H:%M") if moment is not None else ""


def shown_time(text: str) -> str:
    """Return a time of the directory as people read it."""
    return _moment(ldap_time(text))


def _rows(uses: Iterable[Use]) -> list[list[str]]:
    return [
        [
            use.account.address,
            use.account.name,
            use.account.agency_name,
            use.account.status,
            _moment(use.created),
            _moment(use.last),
        ]
        for use in uses
    ]


def last_use_csv(uses: Iterable[Use]) -> str:
    """Return the table as a file for a spreadsheet."""
    return spreadsheet(HEADER, _rows(uses))


def last_use_report(uses: list[Use], rows: int) -> str:
    """Return what is said of the last uses: how many, and the first rows of the table."""
    lines = []
    for row in _rows(uses[:rows]):
        address, name, agency, status, created, last = row
        when = last or say_inline("account.never_used", created=created)
        lines.append(f"  {address}  {name} - {agency}  [{status}]  {when}")
    never = sum(use.last is None for use in uses)
    return "\n".join([say("account.last_use", number=len(uses), never=never, rows=min(rows, len(uses))), *lines])


def say_inline(key: str, **values: object) -> str:
    """Return both languages on one line."""
    return " / ".join(sentence(key, language, **values) for language in LANGUAGES)


def _values(values: Iterable[str]) -> str:
    return ", ".join(values) or "-"


def audit_report(records: Iterable[Mapping[str, str]]) -> str:
    """Return the records of the audit log as text, the oldest first."""
    found = list(records)
    lines = [say("account.audit", number=len(found))]
    for record in found:
        moment = datetime.fromtimestamp(int(record["happened"]) / 1e6, UTC)
        when = moment.astimezone(TIMEZONE).strftime("%Y-%m-%d %H:%M:%S")
        what = say_inline(WHAT[record["kind"]])
        result = "" if record["result"] == "success" else f" - {say_inline('account.refused', code=record['result'])}"
        where = f" ({record['address']})" if record["address"] else ""
        request = f"; {say_inline('account.request', request=record['request'])}" if record["request"] else ""
        lines.append(f"{when}  {what}{result}: {record['entry']}")
        lines.append(f"    {say_inline('account.by', actor=record['actor'])}{where}{request}")
        changes: dict[str, list[list[str]]] = json.loads(record["changes"]) if record["changes"] else {}
        lines += [f"    {name}: {_values(before)} -> {_values(after)}" for name, (before, after) in changes.items()]
        if record["attributes"] and not changes:
            lines.append(f"    {record['attributes']}")
    return "\n".join(lines)
