"""Filter: the attributes of a directory's password policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.mailbox_classes import password_rule_of_class
from ansible_collections.thucongvu.mail.plugins.module_utils.password_policy import policy_attributes as core_attributes
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation

DOCUMENTATION = r"""
name: policy_attributes
short_description: The attributes of a directory's password policy
description:
  - Returns what the regulation says of the passwords of a class of mailboxes as the attributes of an OpenLDAP 2.6 password
    policy (slapo-ppolicy) whose checker is C(ppm). Each value is written as the directory stores it.
  - C(pwdCheckModuleArg) has several lines, so LDIF needs it in base64.
  - The entry needs beside them C(pwdAttribute) and the object classes C(pwdPolicy) and C(pwdPolicyChecker).
positional: _input, regulation
options:
  _input:
    description: V(person), V(unit), V(agency), one of the regulation's kinds of agency, or a role that it has a rule for.
    type: str
    required: true
  regulation:
    description: The regulation's file.
    type: path
    required: true
  with_sources:
    description: Whether each value stands with where it comes from.
    type: bool
    default: false
"""

EXAMPLES = r"""
age: "{{ ('unit' | policy_attributes(regulation_file)).pwdMaxAge }}"
# 5184000
why: "{{ ('person' | policy_attributes('regulations/binhphuoc.yml', with_sources=true)).pwdMaxFailure }}"
# {value: '6', clause: BP-6.2d, source: BP-6.2d, why: null}
"""

RETURN = r"""
_value:
  description:
    - The value of each attribute, by its name. With O(with_sources=true) a mapping of C(value), C(clause) (none where the
      regulation is silent), C(source) (the clause, or in words where the value comes from) and C(why).
  type: dict
"""


def policy_attributes(kind: str, regulation: str, with_sources: bool = False) -> dict[str, Any]:
    """Return the attributes of the password policy of a class of mailboxes."""
    if not isinstance(kind, str) or not isinstance(with_sources, bool):
        raise AnsibleFilterError(
            "policy_attributes: needs the class of mailboxes as text, and with_sources as true or false"
        )
    try:
        loaded = load_regulation(regulation)
        found = core_attributes(password_rule_of_class(loaded, kind), loaded.lock)
    except (CoreError, ProblemsError) as error:
        raise AnsibleFilterError(f"policy_attributes: {error}") from None
    if not with_sources:
        return {name: said.value for name, said in found.items()}
    return {
        name: {"value": said.value, "clause": said.clause, "source": str(said.source), "why": said.why}
        for name, said in found.items()
    }


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"policy_attributes": policy_attributes}
