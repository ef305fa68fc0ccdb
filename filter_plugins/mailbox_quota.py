"""Filter: the quota of a class of mailboxes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.mailbox_classes import quota_of_class
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation

DOCUMENTATION = r"""
name: mailbox_quota
short_description: The quota of a class of mailboxes
description:
  - Returns the quota that the regulation gives a class of mailboxes; to a kind of agency that of agencies, unless it names
    another one.
positional: _input, regulation
options:
  _input:
    description: V(person), V(unit), V(agency), one of the regulation's kinds of agency, or a role that it has a quota for.
    type: str
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
quota_commune: "{{ 'commune' | mailbox_quota('regulations/caobang.yml') }}"
# unlimited
quota_department: "{{ 'department' | mailbox_quota('regulations/nghean.yml') }}"
# 10737418240
"""

RETURN = r"""
_value:
  description: Bytes, or V(unlimited).
  type: raw
"""


def mailbox_quota(kind: str, regulation: str) -> int | str:
    """Return the quota of a class of mailboxes."""
    if not isinstance(kind, str):
        raise AnsibleFilterError(f"mailbox_quota: needs text, not {type(kind).__name__}")
    try:
        quota = quota_of_class(load_regulation(regulation), kind).value
    except (CoreError, ProblemsError) as error:
        raise AnsibleFilterError(f"mailbox_quota: {error}") from None
    return "unlimited" if quota is None else quota


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"mailbox_quota": mailbox_quota}
