"""Filter: the words of the mails before a password ends."""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.thucongvu.mail.plugins.module_utils import notice_words as core

DOCUMENTATION = r"""
name: reminder_words
short_description: The words of the mails before a password ends
description:
  - Returns subject, text and sender of the mail, Vietnamese first, for the program that sends it (role C(password_reminders)).
    C({name}), C({address}), C({days}) and C({date}) are filled in by the program.
positional: _input, portal
options:
  _input:
    description: The address of the sender, where people find help.
    type: str
    required: true
  portal:
    description: Where a password is changed.
    type: str
    required: true
"""

EXAMPLES = r"""
words: "{{ 'hotro@cantho.gov.vn' | reminder_words('https://sso.cantho.gov.vn/') }}"
# {subject: …, body: …, sender_name: …, sender: hotro@cantho.gov.vn}
"""

RETURN = r"""
_value:
  description: The words by part.
  type: dict
"""


def reminder_words(help_address: str, portal: str) -> dict[str, str]:
    """Return the words by part."""
    return core.reminder_words(help_address, portal)


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[[str, str], dict[str, str]]]:
        """Return the filters of this file by name."""
        return {"reminder_words": reminder_words}
