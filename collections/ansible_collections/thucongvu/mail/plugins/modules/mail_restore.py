"""Documentation of the action plugin of the same name."""

DOCUMENTATION = r"""
module: mail_restore
short_description: Bring back what somebody has deleted
description:
  - Moves what was deleted within some time into a folder of its own. Nothing that stands in the messages is shown.
extends_documentation_fragment: [thucongvu.mail.register, thucongvu.mail.register.directory]
options:
  account:
    description: The account, by its address, with or without the domain, or by its id in the register.
    type: str
    required: true
  since:
    description: Hours or days, such as C(6h) or C(10d); the inventory is checked for that form.
    type: str
    required: true
  folder:
    description: Where deleted mail waits.
    type: str
    required: true
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Bring back what was deleted within two days
  thucongvu.mail.mail_restore:
    regulation: "{{ regulation_file }}"
    register: "{{ register_dir }}"
    domain: "{{ domain }}"
    base_dn: "{{ directory_base_dn }}"
    account: nvminh
    since: 2d
    folder: "{{ dovecot_deleted_folder }}"
"""

RETURN = r"""
messages:
  description: How many were brought back, or would be.
  type: int
  returned: success
report:
  description: What there is to say, in both languages.
  type: str
  returned: success
"""
