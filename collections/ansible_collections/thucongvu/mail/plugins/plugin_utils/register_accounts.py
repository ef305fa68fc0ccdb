"""The accounts that the register declares, for actions that take one by what an operator calls it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail

from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import Account, desired_accounts
from ansible_collections.thucongvu.mail.plugins.module_utils.find_account import find_account
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation

# What every such action needs to know the accounts.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "regulation": {"type": "path", "required": True},
    "register": {"type": "path", "required": True},
    "domain": {"type": "str", "required": True},
    "base_dn": {"type": "str", "required": True},
}


def register_accounts(arguments: dict[str, Any]) -> list[Account]:
    """Return the accounts; what is wrong with the register ends the action."""
    try:
        regulation = load_regulation(arguments["regulation"])
        register = load_register(Path(arguments["register"]), regulation)
        return desired_accounts(register, regulation, str(arguments["domain"]))
    except (ProblemsError, CoreError) as error:
        raise AnsibleActionFail(str(error)) from None


def register_account(text: str, arguments: dict[str, Any]) -> Account:
    """Return the account that is meant; one that the register does not know ends the action."""
    try:
        return find_account(text, register_accounts(arguments))
    except CoreError as error:
        raise AnsibleActionFail(str(error)) from None
