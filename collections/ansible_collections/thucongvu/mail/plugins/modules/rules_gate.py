"""Documentation of the action plugin of the same name."""

DOCUMENTATION = r"""
module: rules_gate
short_description: Stop where a change of rules touches live accounts and nobody has acknowledged it
description:
  - Compares the regulation with the record of what is in force. Each changed value that touches live accounts has a revision
    id; unless all of them are acknowledged, the action fails and lists them. Without a record there is nothing to acknowledge.
  - In check mode it shows the same and goes on, so that the plan can be seen. Changes nothing. Runs on the controller only.
options:
  regulation:
    description: The regulation's file.
    type: path
    required: true
  register:
    description: The register's folder, to count the mailboxes that a change touches.
    type: path
    required: true
  record:
    description: The record's file, as M(thucongvu.mail.rules_record) writes it.
    type: path
    required: true
  domain:
    description: The mail domain; one that the regulation does not name is warned of.
    type: str
    required: true
  acknowledged:
    description: The acknowledged revision ids, as a list. Ids of changes of before may stay in it.
    type: raw
    required: true
attributes:
  check_mode:
    description: Shows the changes and goes on.
    support: full
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Check that changed rules are acknowledged
  thucongvu.mail.rules_gate:
    regulation: "{{ regulation_file }}"
    register: "{{ register_dir }}"
    record: "{{ rules_file }}"
    domain: "{{ domain }}"
    acknowledged: "{{ acknowledged_revisions }}"
"""

RETURN = r"""
changes:
  description:
    - The changed values, each with C(revision), C(key), C(before), C(after), C(direction) (V(stricter), V(looser) or V(other)),
      C(clause), C(place), C(mailboxes) and C(acknowledged).
  type: list
  elements: dict
  returned: success
recorded:
  description: Whether there is a record to compare with.
  type: bool
  returned: success
report:
  description: The same as text for people, in Vietnamese and English.
  type: str
  returned: success
"""
