"""Documentation of the action plugin of the same name."""

DOCUMENTATION = r"""
module: last_use
short_description: Say when accounts were last used
description:
  - Compares what the directory noted of each sign-in with when mailboxes were opened by a token of the portal, and writes a
    table on the controller.
extends_documentation_fragment: [thucongvu.mail.register, thucongvu.mail.register.directory]
options:
  mailboxes:
    description: Lines of C(seconds /path/of/the/mailbox), when mailboxes were last opened.
    type: list
    elements: str
    required: true
  portal:
    description: What the portal remembers of sign-ins, its persistent sessions as its own program prints them (JSON).
    type: raw
    default: '[]'
  path:
    description: Where the table is written, for a spreadsheet (CSV).
    type: path
    required: true
  rows:
    description: How many of the longest unused accounts the report names.
    type: int
    default: 30
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Say when accounts were last used
  thucongvu.mail.last_use:
    regulation: "{{ regulation_file }}"
    register: "{{ register_dir }}"
    domain: "{{ domain }}"
    base_dn: "{{ directory_base_dn }}"
    mailboxes: []
    path: last-use.csv
"""

RETURN = r"""
report:
  description: What there is to say, in both languages.
  type: str
  returned: success
"""
