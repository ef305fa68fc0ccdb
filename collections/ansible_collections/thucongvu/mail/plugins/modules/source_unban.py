#!/usr/bin/python
"""Lift the ban of a source that guessed passwords."""

from __future__ import annotations

DOCUMENTATION = r"""
module: source_unban
short_description: Lift the ban of a source that guessed passwords
description:
  - Lets an address in again that fail2ban shuts out, and says whether it was banned. An address in another form (C(2001:DB8::1),
    C(2001:db8:0::1)) is the same source; what is no address is refused before any host is touched.
options:
  source:
    description: IPv4 or IPv6 address.
    type: str
    required: true
  jail:
    description: The jail of fail2ban.
    type: str
    required: true
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Lift a ban
  thucongvu.mail.source_unban:
    source: 203.0.113.7
    jail: thucongvu
"""

RETURN = r"""
banned:
  description: Whether the source was banned.
  type: bool
  returned: success
report:
  description: What there is to say, in both languages.
  type: str
  returned: success
"""

from ansible.module_utils.basic import AnsibleModule

CLIENT = "/usr/bin/fail2ban-client"


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "source": {"type": "str", "required": True},
            "jail": {"type": "str", "required": True},
        },
        supports_check_mode=True,
    )
    source, jail = module.params["source"], module.params["jail"]

    def ask(*words: str) -> str:
        code, out, err = module.run_command([CLIENT, *words])
        if code != 0:
            module.fail_json(msg=f"fail2ban-client {' '.join(words)}: {err.strip() or out.strip()}")
        return str(out).strip()

    # 1 or 0
    banned = ask("get", jail, "banned", source) == "1"
    if banned and not module.check_mode:
        ask("set", jail, "unbanip", source)
    module.exit_json(changed=banned, banned=banned)


if __name__ == "__main__":
    main()
