"""Documentation of the action plugin of the same name."""

DOCUMENTATION = r"""
module: account_unlock
short_description: End the lock of an account
description:
  - Takes away the lock that wrong passwords brought, and the wrong passwords. An account that is not in the register is refused.
extends_documentation_fragment: [thucongvu.mail.register, thucongvu.mail.register.directory]
options:
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
