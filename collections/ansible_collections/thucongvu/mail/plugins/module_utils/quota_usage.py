"""How full the mailboxes are, as operators read it (CB-13.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say
from ansible_collections.thucongvu.mail.plugins.module_utils.spreadsheet import spreadsheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import Account

HEADER = ("address", "name", "agency", "kind", "used_mb", "quota_mb", "percent")
_KIB = 1024
_MIB = 1024 * _KIB


@dataclass(frozen=True, slots=True)
class Usage:
    """What a mailbox holds.

    Attributes:
        account: Whose it is.
        used: Bytes.
        quota: The most bytes that it may hold; None is unlimited.
    """

    account: Account
    used: int
    quota: int | None

    @property
    def percent(self) -> int | None:
        """How full it is, in whole percents; None where it cannot be full."""
        return self.used * 100 // self.quota if self.quota else None


def usages(accounts: Iterable[Account], quotas: Iterable[Mapping[str, Any]]) -> list[Usage]:
    """Return how full the mailboxes of the register's accounts are, the fullest first, unlimited ones last.

    Args:
        accounts: The register's.
        quotas: What Dovecot says of each (``doveadm -f json quota get -A``), in KiB; ``-`` is no limit.
    """
    by_address = {account.address.lower(): account for account in accounts}
    found = []
    for row in quotas:
        account = by_address.get(str(row["username"]).lower())
        if row["type"] != "STORAGE" or account is None:
            continue
        limit = str(row["limit"])
        found.append(Usage(account, int(row["value"]) * _KIB, int(limit) * _KIB if limit.isdecimal() else None))
    return sorted(found, key=lambda usage: (-(usage.percent if usage.percent is not None else -1), -usage.used))


def _megabytes(count: int | None) -> str:
    return "" if count is None else f"{count / _MIB:.1f}"


def _rows(found: Iterable[Usage]) -> list[list[str]]:
    return [
        [
            usage.account.address,
            usage.account.name,
            usage.account.agency_name,
            usage.account.kind,
            _megabytes(usage.used),
            _megabytes(usage.quota),
            "" if usage.percent is None else str(usage.percent),
        ]
        for usage in found
    ]


def quota_usage_csv(found: Iterable[Usage]) -> str:
    """Return the table as a file for a spreadsheet."""
    return spreadsheet(HEADER, _rows(found))


def quota_usage_report(found: list[Usage], warnings: Iterable[int], rows: int) -> str:
    """Return what is said of it: how many mailboxes have passed each percent, and the first rows of the table.

    Args:
        found: The mailboxes, the fullest first.
        warnings: The percents at which owners are told.
        rows: How many mailboxes are named.
    """
    lines = [say("quota.usage", number=len(found), megabytes=_megabytes(sum(usage.used for usage in found)))]
    for percent in sorted(warnings, reverse=True):
        over = sum(usage.percent is not None and usage.percent >= percent for usage in found)
        lines.append(say("quota.over", percent=percent, number=over))
    lines.append(say("quota.fullest", rows=min(rows, len(found))))
    for row in _rows(found[:rows]):
        address, name, agency, _kind, used, quota, full = row
        lines.append(f"  {full or '-':>3} %  {used} / {quota or '-'} MB  {address}  {name} - {agency}")
    return "\n".join(lines)
