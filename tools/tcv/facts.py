"""What tests and other tools need to know of a deployed site: the contract of demo.json."""

import json
from pathlib import Path
from typing import Any

from tcv import applications, ready, testhost
from tcv.files import write_private
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
    }


def roles_of(site: Site) -> dict[str, dict[str, str]]:
    """Which container plays which part, for sites of several hosts."""
    containers = {group: site.container(site.members(group)[0]) for group in ("directory", "mail", "webmail")}
    return {group: {"container": name, "host": testhost.address(name)} for group, name in containers.items()}


def keep(file: Path, facts: dict[str, Any]) -> None:
    """Write the facts where only the owner reads them: they hold first passwords."""
    write_private(file, json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
