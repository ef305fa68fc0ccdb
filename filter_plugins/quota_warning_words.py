"""Filter: the words of the mail about a mailbox that is nearly full."""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.thucongvu.mail.plugins.module_utils import notice_words as core

DOCUMENTATION = r"""
name: quota_warning_words
short_description: The words of the mail about a mailbox that is nearly full
description:
  - Returns subject, text and sender of the mail, Vietnamese first, for the program that sends it (role C(dovecot)).
    C({address}) and C({percent}) are filled in by the program.
positional: _input, webmail
options:
  _input:
    description: The address of the sender, where people find help.
    type: str
    required: true
  webmail:
    description: Where people see what takes room.
    type: str
    required: true
"""

EXAMPLES = r"""
words: "{{ 'hotro@cantho.gov.vn' | quota_warning_words('https://webmail.cantho.gov.vn/') }}"
# {subject: …, body: …, sender_name: …, sender: hotro@cantho.gov.vn}
"""

RETURN = r"""
_value:
  description: The words by part.
  type: dict
"""


def quota_warning_words(help_address: str, webmail: str) -> dict[str, str]:
    """Return the words by part."""
    return core.quota_warning_words(help_address, webmail)


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[[str, str], dict[str, str]]]:
        """Return the filters of this file by name."""
        return {"quota_warning_words": quota_warning_words}
