"""Filter: a name shortened as the regulation shortens it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import initials, short
from ansible_collections.thucongvu.mail.plugins.module_utils.names import words
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation

DOCUMENTATION = r"""
name: abbreviated
short_description: A name shortened as the regulation shortens it
description:
  - By O(form=short), a name of as many words as the regulation leaves in full stays, a longer one becomes its initials.
  - Initials leave out words such as C(và), and keep acronyms (C(UBND)) and numbers whole.
positional: _input, regulation
options:
  _input:
    description: The name of an agency or unit, without the words of its type where these are to stay.
    type: str
    required: true
  regulation:
    description: The regulation's file.
    type: path
    required: true
  form:
    description: Whether short names stay in full.
    type: str
    choices: [short, initials]
    default: short
"""

EXAMPLES = r"""
office: "{{ 'Văn phòng Ủy ban nhân dân' | abbreviated(regulation_file) }}"
# vpubnd
"""

RETURN = r"""
_value:
  description: The short form, in small unaccented letters.
  type: str
"""


def abbreviated(name: str, regulation: str, form: str = "short") -> str:
    """Return a name shortened by a regulation."""
    if not isinstance(name, str):
        raise AnsibleFilterError(f"abbreviated: needs text, not {type(name).__name__}")
    if form not in ("short", "initials"):
        raise AnsibleFilterError(f"abbreviated: form is short or initials, not {form!r}")
    try:
        rules = load_regulation(regulation).names
        found = words(name, rules)
    except (CoreError, ProblemsError) as error:
        raise AnsibleFilterError(f"abbreviated: {error}") from None
    return short(found, rules.short_up_to.value) if form == "short" else initials(found)


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"abbreviated": abbreviated}
