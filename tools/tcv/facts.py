"""What tests and other tools need to know of a deployed site: the contract of demo.json."""

import json
from pathlib import Path
from typing import Any

from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import desired_accounts
from ansible_collections.thucongvu.mail.plugins.module_utils.mailing_lists import desired_lists
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import owners_of
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from tcv import applications, ready, testhost
from tcv.files import write_private
from tcv.paths import ROOT
from tcv.site import Site

PORTS = {
    "smtp": 25,
    "submission": 587,
    "submissions": 465,
    "imaps": 993,
    "pop3s": 995,
    "sieve": 4190,
    "ldap": 389,
    "ldaps": 636,
    "https": 443,
}
ACCOUNT_KEYS = ("address", "password", "kind", "name", "agency", "dn", "state")


def facts_of(site: Site, province: str) -> dict[str, Any]:
    """The site as its users and the tests see it; host and container are those of the mail services."""
    container = site.container(site.members("mail")[0])
    return {
        "province": province,
        "regulation": site.variable("regulation"),
        "domain": site.domain,
        "host": testhost.address(container),
        "container": container,
        "ports": PORTS,
        "ca_file": str(site.ca),
        "webmail_url": f"https://mail.{site.domain}/",
        "portal_url": f"https://sso.{site.domain}/",
        "sso_client_url": applications.url(site),
        "applications_host": testhost.address(applications.container(site)),
        "accounts": [{key: account[key] for key in ACCOUNT_KEYS} for account in ready.owned(site)],
        **trust_of(site, province),
    }


def trust_of(site: Site, province: str) -> dict[str, list[dict[str, Any]]]:
    """Whose the shared mailboxes are, and who writes to which list, by the register."""
    regulation = load_regulation(ROOT / "regulations" / f"{site.variable('regulation')}.yml")
    register = load_register(ROOT / "inventories" / province / "register", regulation)
    accounts = desired_accounts(register, regulation, site.domain)
    address = {account.id: account.address for account in accounts}
    lists = desired_lists(register, regulation, accounts, site.domain)
    address_of_list = {one.id: one.address for one in lists}
    return {
        "delegations": [
            {
                "mailbox": address[owner.id],
                "head": address[str(owner.trust.head)],
                "delegates": [address[identity] for identity in owner.trust.delegates],
            }
            for owner in owners_of(register.agencies.values())
            if owner.id in address and owner.trust.head in address
        ],
        "lists": [
            {
                "address": one.address,
                "may_post": [account.address for account in (one.owner, one.poster) if account is not None],
                "members": [
                    *(account.address for account in one.people),
                    *(address_of_list[identity] for identity in one.lists),
                ],
            }
            for one in lists
        ],
    }


def roles_of(site: Site) -> dict[str, dict[str, str]]:
    """Which container plays which part, for sites of several hosts."""
    containers = {group: site.container(site.members(group)[0]) for group in ("directory", "mail", "webmail")}
    return {group: {"container": name, "host": testhost.address(name)} for group, name in containers.items()}


def keep(file: Path, facts: dict[str, Any]) -> None:
    """Write the facts where only the owner reads them: they hold first passwords."""
    write_private(file, json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
