"""Documentation of the action plugin of the same name."""

DOCUMENTATION = r"""
module: register_issue
short_description: Check the register and issue the addresses that are missing
description:
  - Reads the register of agencies, units and people, refuses it whole when anything in it is wrong, and writes the
    addresses that are missing, by the regulation. An issued address never changes. Runs on the controller only.
  - In check mode nothing is written; with C(--diff) the files are shown as they would be.
extends_documentation_fragment: [thucongvu.mail.register]
options:
  record:
    description: The record of the rules in force, to tell which issued addresses another regulation would not have given.
    type: path
attributes:
  check_mode:
    description: Shows the plan and writes nothing.
    support: full
  diff_mode:
    description: Shows each file before and after.
    support: full
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Check the register and issue the addresses that are missing
  thucongvu.mail.register_issue:
    regulation: "{{ regulation_file }}"
    register: "{{ register_dir }}"
    domain: "{{ domain }}"
"""

RETURN = r"""
issued:
  description:
    - What was issued, or in check mode would be, in order. Each has C(kind), C(id), C(name), C(agency), C(address),
      C(clause), C(file), C(line), and C(taken), the candidates in front of it with who has them.
  type: list
  elements: dict
  returned: success
pending:
  description:
    - What gets no address now. C(reason) is V(operator) when every form is taken and the operator chooses, or V(agency)
      when a unit's agency has no address yet.
  type: list
  elements: dict
  returned: success
kept:
  description:
    - Where the recorded regulation is another one, the issued addresses that stay though this one would give another form.
      Each has C(id), C(address), and in C(form) the first form that it would have.
  type: list
  elements: dict
  returned: success
plan:
  description: The same as text for people, in Vietnamese and English.
  type: str
  returned: success
"""
