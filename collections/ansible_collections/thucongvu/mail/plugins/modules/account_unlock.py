"""Documentation of the action plugin of the same name."""

DOCUMENTATION = r"""
module: account_unlock
short_description: End the lock of an account
description:
  - Takes away the lock that wrong passwords brought, and the wrong passwords. An account that is not in the register is refused.
options:
  regulation:
    description: The regulation's file.
    type: path
    required: true
  register:
    description: The register's folder, with C(agencies.yml) and C(people/).
    type: path
    required: true
  domain:
    description: The mail domain.
    type: str
    required: true
  base_dn:
    description: The top of the tree.
    type: str
    required: true
  account:
    description: The account, by its address, with or without the domain, or by its id in the register.
    type: str
    required: true
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Unlock an account
  thucongvu.mail.account_unlock:
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
"""
