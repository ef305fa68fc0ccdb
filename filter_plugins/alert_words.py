"""Filter: the words of the alert about refused sign-ins."""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.thucongvu.mail.plugins.module_utils import guessing

DOCUMENTATION = r"""
name: alert_words
short_description: The words of the alert about refused sign-ins
description:
  - Returns the words of the mail about refused sign-ins from a trusted network, Vietnamese first, for the program that sends
    it (role C(fail2ban)). C({source}), C({count}), C({protocols}) and C({minutes}) are filled in by the program.
positional: _input
options:
  _input:
    description: The name of the host that refused them.
    type: str
    required: true
"""

EXAMPLES = r"""
words: "{{ 'mail01.cantho.gov.vn' | alert_words }}"
# {subject: …, body: …, sender_name: …, portal: …, mailbox: …}
"""

RETURN = r"""
_value:
  description: The words by part.
  type: dict
"""


def alert_words(host: str) -> dict[str, str]:
    """Return the words by part."""
    return guessing.alert_words(host)


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[[str], dict[str, str]]]:
        """Return the filters of this file by name."""
        return {"alert_words": alert_words}
