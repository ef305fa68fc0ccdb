"""The words of the reminders, as the program on the mail host gets them."""

from __future__ import annotations

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import LANGUAGES, sentence

# What only the program knows stays a placeholder.
_LATER = {name: f"{{{name}}}" for name in ("name", "address", "days", "date")}


def reminder_words(help_address: str, portal: str) -> dict[str, str]:
    """Return the mail's words by part (notice.Words): Vietnamese first, English below it.

    Args:
        help_address: Where people find help (CT-10.5); it is the sender.
        portal: The address at which passwords are changed.
    """
    later = {name: _LATER[name] for name in ("days", "date")}
    bodies = [sentence("reminder.body", language, help=help_address, portal=portal, **_LATER) for language in LANGUAGES]
    return {
        "subject": " / ".join(sentence("reminder.subject", language, **later) for language in LANGUAGES),
        "body": "\n\n– – –\n\n".join(bodies) + "\n",
        "sender_name": sentence("reminder.sender", "vi"),
        "sender": help_address,
    }
