"""Documentation of the action plugin of the same name."""

DOCUMENTATION = r"""
module: quota_usage
short_description: Say how full the mailboxes are
description:
  - Names the fullest mailboxes, and writes a table of all on the controller.
extends_documentation_fragment: [thucongvu.mail.register]
options:
  quotas:
    description: What Dovecot says of all mailboxes, as C(doveadm -f json quota get -A) prints it.
    type: raw
    required: true
  warnings:
    description: Percents at which the owners of mailboxes are told.
    type: list
    elements: int
    default: []
  path:
    description: Where the table is written, for a spreadsheet (CSV).
    type: path
    required: true
  rows:
    description: How many of the fullest mailboxes the report names.
    type: int
    default: 30
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Say how full the mailboxes are
  thucongvu.mail.quota_usage:
    regulation: "{{ regulation_file }}"
    register: "{{ register_dir }}"
    domain: "{{ domain }}"
    quotas: []
    path: quota-usage.csv
"""

RETURN = r"""
report:
  description: What there is to say, in both languages.
  type: str
  returned: success
"""
