"""Documentation of the action plugin of the same name."""

DOCUMENTATION = r"""
module: province_secrets
short_description: Make the secrets that a province lacks
description:
  - Reads the province's vault file, makes the secrets that are required and missing, and writes the file again, encrypted.
    What exists is never changed. Runs on the controller only.
options:
  path:
    description: The vault file.
    type: path
    required: true
  required:
    description: The secrets, each with C(name) and C(kind) (V(password), V(rsa_key) or V(certificate_authority)).
    type: list
    elements: dict
    required: true
  subject:
    description: The name of a new certificate authority.
    type: str
    required: true
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Make the missing secrets
  thucongvu.mail.province_secrets:
    path: "{{ secrets_file }}"
    required: "{{ required_secrets }}"
    subject: "Thư công vụ {{ province_name }}"
"""

RETURN = r"""
made:
  description: Names of the secrets that were made.
  type: list
  elements: str
  returned: always
path:
  description: The vault file.
  type: str
  returned: always
"""
