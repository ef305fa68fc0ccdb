"""Filter: the portal's configuration for shared applications and VNeID."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.sso_clients import read_clients
from ansible_collections.thucongvu.mail.plugins.module_utils.sso_portal import applications, upstream
from ansible_collections.thucongvu.mail.plugins.module_utils.vneid import read_vneid

DOCUMENTATION = r"""
name: sso_configuration
short_description: The portal's configuration for shared applications and VNeID
description:
  - Turns C(sso_clients) and C(vneid) into keys of LemonLDAP::NG's configuration, which C(lemonldap_extra) takes.
positional: _input, secrets
options:
  _input:
    description: The value of C(sso_clients).
    type: list
    elements: dict
    required: true
  secrets:
    description: The secrets by name.
    type: dict
    required: true
  organisation:
    description: Whom the portal signs for.
    type: str
    required: true
  url:
    description: Where the portal is.
    type: str
    required: true
  vneid:
    description: The value of C(vneid).
    type: dict
    default: {}
"""

EXAMPLES = r"""
lemonldap_extra: >-
  {{ sso_clients | sso_configuration(sso_secret_values, organisation=province_name, url='https://' ~ portal_name ~ '/', vneid=vneid) }}
"""

RETURN = r"""
_value:
  description: The keys.
  type: dict
"""


def sso_configuration(
    clients: Sequence[Mapping[str, Any]],
    secrets: Mapping[str, str],
    organisation: str,
    url: str,
    vneid: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Translate the core's errors into Ansible's."""
    try:
        found = applications(read_clients(clients), secrets, organisation, url)
        return found | upstream(read_vneid(vneid or {}), secrets.get("secret_vneid", ""))
    except (CoreError, ProblemsError) as error:
        raise AnsibleFilterError(f"sso_configuration: {error}") from None


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Return the filters of this file by name."""
        return {"sso_configuration": sso_configuration}
