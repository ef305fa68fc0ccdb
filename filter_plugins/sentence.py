"""Filter: a sentence for people in one language."""

from __future__ import annotations

from collections.abc import Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils import messages

DOCUMENTATION = r"""
name: sentence
short_description: A sentence for people in one language
description:
  - Looks a sentence up in C(messages/*.yml) and fills its placeholders in.
positional: _input, language
options:
  _input:
    description: The file's name without its ending, a dot and the key, as V(portal.sign_in_refused).
    type: str
    required: true
  language:
    description: V(vi) or V(en).
    type: str
    choices: [vi, en]
    required: true
"""

EXAMPLES = r"""
- name: Say why
  ansible.builtin.debug:
    msg: "{{ 'portal.sign_in_refused' | sentence('vi', help='hotro@cantho.gov.vn') }}"
"""

RETURN = r"""
_value:
  description: The sentence, on one line.
  type: str
"""


def sentence(key: str, language: str, **values: object) -> str:
    """Return the sentence on one line; what the placeholders stand for comes by name."""
    if language not in messages.LANGUAGES:
        raise AnsibleFilterError(f"sentence: language {language!r}; allowed: {', '.join(messages.LANGUAGES)}")
    try:
        return " ".join(messages.sentence(key, language, **values).split())
    except KeyError as error:
        raise AnsibleFilterError(f"sentence: {key!r}: no such sentence in messages/, or no value for {error}") from None


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., str]]:
        """Return the filters of this file by name."""
        return {"sentence": sentence}
