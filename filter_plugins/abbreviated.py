"""Filter: a name shortened as the regulation shortens it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import AddressForms, initials, short
from ansible_collections.thucongvu.mail.plugins.module_utils.names import words
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation

DOCUMENTATION = r"""
name: abbreviated
short_description: A name shortened as the regulation shortens it
description:
  - By O(form=short), a name of as many words as the regulation leaves in full stays, a longer one becomes its initials.
  - Initials leave out words such as C(và), and keep acronyms (C(UBND)) and numbers whole.
  - With O(kind), the name is one of an agency of that kind. The words of its type and the province's name at its end are left
    out, what the regulation says of that kind holds (how long a name stays in full), and so do short forms that it prints.
positional: _input, regulation
options:
  _input:
    description: The name of an agency or unit.
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
  kind:
    description: One of the regulation's kinds of agency; without it the name is shortened as it stands.
    type: str
"""

EXAMPLES = r"""
office: "{{ 'Văn phòng Ủy ban nhân dân' | abbreviated(regulation_file) }}"
# vpubnd
printed: "{{ 'Sở Thông tin và Truyền thông' | abbreviated('regulations/caobang.yml', kind='department') }}"
# ittt
district: "{{ 'UBND huyện Bù Gia Mập' | abbreviated('regulations/binhphuoc.yml', form='initials', kind='district') }}"
# bgm
"""

RETURN = r"""
_value:
  description: The short form, in small unaccented letters.
  type: str
"""


def abbreviated(
    name: str, regulation: str, form: Literal["short", "initials"] = "short", kind: str | None = None
) -> str:
    """Return a name shortened by a regulation."""
    if not isinstance(name, str) or not isinstance(kind, str | None):
        raise AnsibleFilterError("abbreviated: needs the name, and the kind where there is one, as text")
    if form not in ("short", "initials"):
        raise AnsibleFilterError(f"abbreviated: form is short or initials, not {form!r}")
    try:
        loaded = load_regulation(regulation)
        if kind is not None and kind not in loaded.kinds:
            raise AnsibleFilterError(f"abbreviated: kind is one of {', '.join(loaded.kinds)}, not {kind!r}")
        if kind is not None:
            return AddressForms(loaded).short_name(kind, name, form)
        found = words(name, loaded.names)
    except (CoreError, ProblemsError) as error:
        raise AnsibleFilterError(f"abbreviated: {error}") from None
    return short(found, loaded.names.short_up_to.value) if form == "short" else initials(found)


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"abbreviated": abbreviated}
