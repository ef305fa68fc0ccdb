"""Documentation of the action plugin of the same name."""

DOCUMENTATION = r"""
module: handover
short_description: Say from whom to whom a shared mailbox goes, and write the protocol of it
description:
  - Compares the head whom the directory names with the one whom the register names. Without O(after) it only says what will be done; with
    it, it writes a protocol to be signed, as PDF.
extends_documentation_fragment: [thucongvu.mail.register, thucongvu.mail.register.directory]
options:
  account:
    description: The mailbox, by its address, with or without the domain, or by its id in the register.
    type: str
    required: true
  directory:
    description: The entries of shared mailboxes as LDIF, with C(tcvRegisterId) and C(manager), as they were before.
    type: str
    default: ''
  before:
    description: What C(doveadm -f json mailbox status) said before.
    type: str
    default: ''
  after:
    description: What it said afterwards.
    type: str
    default: ''
  request:
    description: The document by which the hand-over was asked for.
    type: str
    default: ''
  folder:
    description: Where the protocol is written.
    type: path
    required: true
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Say from whom to whom it goes
  thucongvu.mail.handover:
    regulation: "{{ regulation_file }}"
    register: "{{ register_dir }}"
    domain: "{{ domain }}"
    base_dn: "{{ directory_base_dn }}"
    account: sonv
    folder: "{{ province_dir }}/reports"
"""

RETURN = r"""
report:
  description: What there is to say, in both languages.
  type: str
  returned: success
path:
  description: The protocol.
  type: str
  returned: when it is written
"""
