"""Filter: the quota of a kind of mailbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import MAILBOX_KINDS

DOCUMENTATION = r"""
name: mailbox_quota
short_description: The quota of a kind of mailbox
description:
  - Returns the quota that the regulation gives a kind of mailbox.
positional: _input, regulation
options:
  _input:
    description: The kind of mailbox.
    type: str
    choices: [person, unit, agency]
    required: true
  regulation:
    description: The regulation's file.
    type: path
    required: true
"""

EXAMPLES = r"""
quota_person: "{{ 'person' | mailbox_quota(regulation_file) }}"
# 5368709120
quota_agency: "{{ 'agency' | mailbox_quota(regulation_file) }}"
# unlimited
"""

RETURN = r"""
_value:
  description: Bytes, or V(unlimited).
  type: raw
"""


def mailbox_quota(kind: str, regulation: str) -> int | str:
    """Return the quota of a kind of mailbox."""
    for known in MAILBOX_KINDS:
        if kind == known:
            try:
                quota = load_regulation(regulation).quotas[known].value
            except ProblemsError as error:
                raise AnsibleFilterError(f"mailbox_quota: {error}") from None
            return "unlimited" if quota is None else quota
    raise AnsibleFilterError(f"mailbox_quota: the kind is person, unit or agency, not {kind!r}")


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"mailbox_quota": mailbox_quota}
