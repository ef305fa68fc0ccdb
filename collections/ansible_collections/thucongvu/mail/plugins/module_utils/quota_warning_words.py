"""The words of the mail to whom a mailbox that is nearly full belongs, as the program on the mail host gets them."""

from __future__ import annotations

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import LANGUAGES, sentence

# What only the program knows stays a placeholder.
_LATER = {name: f"{{{name}}}" for name in ("address", "percent")}


def quota_warning_words(help_address: str, webmail: str) -> dict[str, str]:
    """Return the mail's words by part (notice.Words): Vietnamese first, English below it.

    Args:
        help_address: Where people find help (CT-10.5); it is the sender.
        webmail: The address at which people see what takes room.
    """
    bodies = [
        sentence("quota.warning_body", language, help=help_address, webmail=webmail, **_LATER) for language in LANGUAGES
    ]
    return {
        "subject": " / ".join(
            sentence("quota.warning_subject", language, percent=_LATER["percent"]) for language in LANGUAGES
        ),
        "body": "\n\n– – –\n\n".join(bodies) + "\n",
        "sender_name": sentence("quota.sender", "vi"),
        "sender": help_address,
    }
