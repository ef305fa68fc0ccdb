"""The words of mails from the system to its people, as the programs on the mail host get them (notice.Words)."""

from __future__ import annotations

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import LANGUAGES, sentence


def notice_words(kind: str, help_address: str, later: tuple[str, ...], **values: str) -> dict[str, str]:
    """Return a mail's words by part: Vietnamese first, English below it.

    Args:
        kind: Which mail: that of the messages ``notice.<kind>_subject`` and ``notice.<kind>_body``.
        help_address: Where people find help (CT-10.5); it is the sender.
        later: What only the program knows; it stays a placeholder.
        values: What else stands in the words.
    """
    values |= {"help": help_address} | {name: f"{{{name}}}" for name in later}
    subjects = [sentence(f"notice.{kind}_subject", language, **values) for language in LANGUAGES]
    bodies = [sentence(f"notice.{kind}_body", language, **values) for language in LANGUAGES]
    return {
        "subject": " / ".join(subjects),
        "body": "\n\n– – –\n\n".join(bodies) + "\n",
        "sender_name": sentence("notice.sender", "vi"),
        "sender": help_address,
    }


def reminder_words(help_address: str, portal: str) -> dict[str, str]:
    """Return the words of the mail before a password ends (CT-10.3, CT-11.4).

    Args:
        help_address: The sender's.
        portal: The address at which passwords are changed.
    """
    return notice_words("reminder", help_address, ("name", "address", "days", "date"), portal=portal)


def quota_warning_words(help_address: str, webmail: str) -> dict[str, str]:
    """Return the words of the mail to whom a mailbox that is nearly full belongs (CB-13.1).

    Args:
        help_address: The sender's.
        webmail: The address at which people see what takes room.
    """
    return notice_words("quota", help_address, ("address", "percent"), webmail=webmail)


def sending_alert_words(help_address: str) -> dict[str, dict[str, str]]:
    """Return the words of the mails to operator and agency about a mailbox that sends too much, by kind (submission_alerts).

    Args:
        help_address: The sender's.
    """
    later = ("address", "account", "number", "minutes")
    return {kind: notice_words(kind, help_address, later) for kind in ("excess", "locked")}
