"""Documentation of the action plugin of the same name."""

DOCUMENTATION = r"""
module: accounts
short_description: Bring the directory in line with the register
description:
  - Reads the register on the controller and the tree on the directory's host, makes and changes entries, and writes the first
    passwords of new accounts into one encrypted file an agency on the controller, before the account exists, so that a run that is
    cut off loses none. Nothing is shown of a password.
  - A first password follows the rule of the mailbox's kind, and has nothing in it of its owner that the rule forbids.
extends_documentation_fragment: [thucongvu.mail.register, thucongvu.mail.register.directory]
options:
  first_passwords_dir:
    description: Folder on the controller for the encrypted files.
    type: path
    required: true
  administrators:
    description: Ids in the register (or addresses) of the people who run the system; the portal asks them for a second factor.
    type: list
    elements: str
    default: []
  reset:
    description:
      - Accounts that get a first password again (CT-6.1, CB-13.4, QT-4.3b), by address, with or without the domain, or by id in the
        register. Then nothing else is changed. One that is not in the register, or closed, is refused.
    type: list
    elements: str
    default: []
  most_closed_percent:
    description: How many of a hundred active accounts one run may close or suspend; one is always allowed.
    type: int
    default: 2
  acknowledged:
    description: So many may be closed or suspended nevertheless, exactly.
    type: int
    default: 0
  request:
    description: The document by which the changes were asked for (CT-6.1), for the audit log.
    type: str
    default: ''
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Bring the directory in line with the register
  thucongvu.mail.accounts:
    regulation: "{{ regulation_file }}"
    register: "{{ register_dir }}"
    domain: cantho.gov.vn
    base_dn: dc=cantho,dc=gov,dc=vn
    first_passwords_dir: "{{ first_passwords_dir }}"
"""

RETURN = r"""
new:
  description: Addresses of accounts that were made, or would be.
  type: list
  elements: str
  returned: always
modified:
  description: Addresses of accounts that were changed, or would be.
  type: list
  elements: str
  returned: always
closed:
  description: Addresses among RV(modified) that are cancelled now.
  type: list
  elements: str
  returned: always
suspended:
  description: Addresses among RV(modified) that are suspended.
  type: list
  elements: str
  returned: always
ended:
  description: Addresses whose sessions must end.
  type: list
  elements: str
  returned: always
waiting:
  description: Ids in the register that have no address yet and so no account.
  type: list
  elements: str
  returned: always
plan:
  description: The numbers in words.
  type: str
  returned: always
"""
