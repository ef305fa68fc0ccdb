"""Documentation of the action plugin of the same name."""

DOCUMENTATION = r"""
module: host_certificate
short_description: Give a host a certificate of the province's own authority
description:
  - Keeps the host's certificate as long as the authority signed it, it has exactly the wanted names and is not about to expire.
    Otherwise makes a new key and certificate and writes both.
options:
  authority:
    description: The authority, C(certificate) and C(key) in PEM.
    type: dict
    required: true
  names:
    description: DNS names, the host's own first.
    type: list
    elements: str
    required: true
  root:
    description: Folder of C(certificate.pem) and C(key.pem) on the host.
    type: path
    required: true
  group:
    description: Group that may read the key.
    type: str
    required: true
  days:
    description: How long a new certificate is valid.
    type: int
    required: true
  renew_days:
    description: With how many days left a certificate is made anew.
    type: int
    required: true
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Have a certificate of the province's own authority
  thucongvu.mail.host_certificate:
    authority: "{{ secret_ca }}"
    names: [mail01.cantho.gov.vn, imap.cantho.gov.vn]
    root: /etc/thucongvu/tls
    group: ssl-cert
    days: 397
    renew_days: 30
"""

RETURN = r"""
changed_files:
  description: What was written.
  type: list
  elements: str
  returned: when something was written
"""
