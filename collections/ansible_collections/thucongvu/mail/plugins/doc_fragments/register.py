"""Options that every action over a province's register has."""

from __future__ import annotations


class ModuleDocFragment:
    """What Ansible loads: the register and its regulation, and with ``.directory`` the tree that follows from them."""

    DOCUMENTATION = r"""
options:
  regulation:
    description: The regulation's file.
    type: path
    required: true
  register:
    description: The register's folder, with C(agencies.yml) and C(people/).
    type: path
    required: true
  domain:
    description: The mail domain.
    type: str
    required: true
"""

    DIRECTORY = r"""
options:
  base_dn:
    description: The top of the tree.
    type: str
    required: true
"""
