"""Filter: the words of the mails about a mailbox that sends too much."""

from __future__ import annotations

from collections.abc import Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils import notice_words as core

DOCUMENTATION = r"""
name: sending_alert_words
short_description: The words of the mails about a mailbox that sends too much
description:
  - Returns subject, text and sender of each mail by its kind, Vietnamese first, for the program that sends them (role
    C(submission_policy)).
    C({address}), C({account}), C({number}) and C({minutes}) are filled in by the program.
positional: _input
options:
  _input:
    description: The address of the sender, where people find help.
    type: str
    required: true
"""

EXAMPLES = r"""
words: "{{ 'hotro@cantho.gov.vn' | sending_alert_words }}"
# {excess: {subject: …, body: …, sender_name: …, sender: hotro@cantho.gov.vn}, locked: …}
"""

RETURN = r"""
_value:
  description: The words by kind and part.
  type: dict
"""


def sending_alert_words(help_address: str) -> dict[str, dict[str, str]]:
    """Return the words by kind and part."""
    if "@" not in help_address:
        raise AnsibleFilterError(f"sending_alert_words: {help_address!r} is no address; allowed: name@domain")
    return core.sending_alert_words(help_address)


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[[str], dict[str, dict[str, str]]]]:
        """Return the filters of this file by name."""
        return {"sending_alert_words": sending_alert_words}
