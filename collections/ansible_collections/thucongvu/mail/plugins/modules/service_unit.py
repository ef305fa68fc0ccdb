"""Documentation of the action plugin of the same name."""

DOCUMENTATION = r"""
module: service_unit
short_description: Run, reload or restart a systemd unit
description:
  - Like M(ansible.builtin.systemd_service), but a failure carries what the daemon said, and a dry run of a fresh host does not fail
    because the package that brings the unit is not installed yet.
options:
  name:
    description: The unit.
    type: str
    required: true
  state:
    description: What it shall be, or what shall be done.
    type: str
    required: true
    choices: [started, stopped, reloaded, restarted]
  enabled:
    description: Whether it starts with the host.
    type: bool
  daemon_reload:
    description: Whether systemd reads its unit files first.
    type: bool
    default: false
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Run Postfix
  thucongvu.mail.service_unit:
    name: postfix.service
    enabled: true
    state: started
"""

RETURN = r"""
msg:
  description: On failure, what systemd and the daemon said.
  type: str
  returned: failure
"""
