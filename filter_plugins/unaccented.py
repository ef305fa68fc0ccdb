"""Filter: Vietnamese text without its marks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.text import unaccented as core_unaccented

DOCUMENTATION = r"""
name: unaccented
short_description: Vietnamese text without its marks
description:
  - Takes the marks off Vietnamese letters, C(đ) becoming C(d); case, digits and punctuation stay.
  - Text in an older encoding, a letter that only looks like a Vietnamese one, and a letter of another alphabet are refused.
positional: _input
options:
  _input:
    description: The text.
    type: str
    required: true
"""

EXAMPLES = r"""
folder: "{{ 'Sở Kế hoạch và Đầu tư' | unaccented }}"
# So Ke hoach va Dau tu
"""

RETURN = r"""
_value:
  description: The text without marks.
  type: str
"""


def unaccented(text: str) -> str:
    """Return text without its marks."""
    if not isinstance(text, str):
        raise AnsibleFilterError(f"unaccented: needs text, not {type(text).__name__}")
    try:
        return core_unaccented(text)
    except CoreError as error:
        raise AnsibleFilterError(f"unaccented: {error}") from None


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"unaccented": unaccented}
