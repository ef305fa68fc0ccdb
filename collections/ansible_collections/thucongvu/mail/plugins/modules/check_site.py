"""Documentation of the action plugin of the same name."""

DOCUMENTATION = r"""
module: check_site
short_description: Check a live site from outside
description:
  - Runs those checks of C(tests/blackbox) that are harmless, on the controller, against the site's public address. Nothing is sent to
    anybody and nobody signs in.
options:
  fixtures:
    description: What the checks know of the site - C(host), C(host6), C(domain), C(names), and C(ca), the authority as PEM.
    type: dict
    required: true
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Check the site
  thucongvu.mail.check_site:
    fixtures:
      host: 203.0.113.5
      domain: cantho.gov.vn
      names: {smtp: mx.cantho.gov.vn, imaps: imap.cantho.gov.vn}
      ca: ""
"""

RETURN = r"""
report:
  description: The table, in both languages.
  type: str
  returned: always
"""
