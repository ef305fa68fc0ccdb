"""Documentation of the action plugin of the same name."""

DOCUMENTATION = r"""
module: rules_record
short_description: Record the rules that have been applied
description:
  - Writes the regulation's id and every value that touches live accounts into a file, against which M(thucongvu.mail.rules_gate)
    compares the next regulation. Writes only where these are others than recorded. Runs on the controller only.
options:
  regulation:
    description: The regulation's file.
    type: path
    required: true
  path:
    description: The record's file.
    type: path
    required: true
attributes:
  check_mode:
    description: Tells whether the record would change and writes nothing.
    support: full
  diff_mode:
    description: Shows the record before and after.
    support: full
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Record the rules that are in force now
  thucongvu.mail.rules_record:
    regulation: "{{ regulation_file }}"
    path: "{{ rules_file }}"
"""

RETURN = r"""# """
