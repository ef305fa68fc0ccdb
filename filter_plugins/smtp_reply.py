"""Filter: a sentence of messages/ as an SMTP server may say it."""

from __future__ import annotations

from collections.abc import Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import sentence
from ansible_collections.thucongvu.mail.plugins.module_utils.text import unaccented

DOCUMENTATION = r"""
name: smtp_reply
short_description: A sentence as an SMTP server may say it
description:
  - Takes a sentence of C(messages/smtp.yml) and returns it on one line, Vietnamese without marks first, English behind it.
positional: _input
options:
  _input:
    description: The sentence's key.
    type: str
    required: true
"""

EXAMPLES = r"""
reply: "{{ 'mailbox_full' | smtp_reply }}"
# Hop thu nguoi nhan da day / recipient's mailbox is full
"""

RETURN = r"""
_value:
  description: One line of ASCII.
  type: str
"""


def smtp_reply(key: str) -> str:
    """Return the sentence in both languages on one line of ASCII (RFC 5321, 2.4)."""
    try:
        vietnamese = sentence(f"smtp.{key}", "vi")
        english = sentence(f"smtp.{key}", "en")
    except KeyError:
        raise AnsibleFilterError(f"smtp_reply: no sentence {key!r} in messages/smtp.yml") from None
    return f"{unaccented(vietnamese)} / {english}"


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[[str], str]]:
        """Return the filters of this file by name."""
        return {"smtp_reply": smtp_reply}
