"""Documentation of the action plugin of the same name."""

DOCUMENTATION = r"""
module: audit
short_description: Say what happened to an account
description:
  - Reads the audit log of the host; see M(thucongvu.mail.audit_read). Changes nothing.
extends_documentation_fragment: [thucongvu.mail.register, thucongvu.mail.register.directory]
options:
  account:
    description: The account, by its address, with or without the domain, or by its id in the register; without it all records are read.
    type: str
    default: ''
  start:
    description: From when on, as journalctl takes it.
    type: str
    default: ''
  end:
    description: Up to when, as journalctl takes it.
    type: str
    default: ''
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Say what happened to an account
  thucongvu.mail.audit:
    regulation: "{{ regulation_file }}"
    register: "{{ register_dir }}"
    domain: "{{ domain }}"
    base_dn: "{{ directory_base_dn }}"
    account: nvminh
"""

RETURN = r"""
report:
  description: What there is to say, in both languages.
  type: str
  returned: success
records:
  description: The fields of each record.
  type: list
  elements: dict
  returned: success
"""
