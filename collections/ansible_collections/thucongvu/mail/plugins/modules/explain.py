"""Documentation of the action plugin of the same name."""

DOCUMENTATION = r"""
module: explain
short_description: Say where an address, a name's address or a value of the policy comes from
description:
  - Answers one question from the regulation and the register, with the article, file and line of everything that it says.
    Changes nothing. Runs on the controller only.
extends_documentation_fragment: [thucongvu.mail.register]
options:
  address:
    description: An address, with or without the domain. Exactly one of O(address), O(name), O(person) and O(value) is asked.
    type: str
    default: ''
  name:
    description: The name of a person, unit or agency.
    type: str
    default: ''
  person:
    description: The name of a person.
    type: str
    default: ''
  agency:
    description: The agency of a person or unit, or the one above an agency, by id, address or name.
    type: str
    default: ''
  unit:
    description: A person's unit, by id, address or name.
    type: str
    default: ''
  kind:
    description: What the O(name) is of, V(person), V(unit) or a kind of agency; found where register and name show it.
    type: str
    default: ''
  value:
    description: A value of the regulation by its dotted name, or the beginning of some names.
    type: str
    default: ''
attributes:
  check_mode:
    description: Nothing is ever changed.
    support: full
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Explain an address
  thucongvu.mail.explain:
    regulation: "{{ regulation_file }}"
    register: "{{ register_dir }}"
    domain: "{{ domain }}"
    address: nvminh
"""

RETURN = r"""
explained:
  description:
    - Of an address C(holder), C(where), C(main), C(cancelled), C(source), C(form) and C(forms); of a name C(kind), C(where),
      C(waits), C(form) and C(forms); of a value C(values). Each form has C(address), C(step), C(clause), C(why), C(place),
      C(standing), and in C(by) and C(by_id) who has it.
  type: dict
  returned: success
explanation:
  description: The same as text for people, in Vietnamese and English.
  type: str
  returned: success
"""
