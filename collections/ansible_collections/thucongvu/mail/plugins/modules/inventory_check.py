"""Documentation of the action plugin of the same name."""

DOCUMENTATION = r"""
module: inventory_check
short_description: Refuse an inventory with a misspelt variable
description:
  - Ansible ignores a variable that nothing reads, so a misspelt one would leave its default in force. This reads the
    files of the inventory and refuses every variable that no role, no file of C(group_vars/all) and no entry of
    C(inventories/variables.yml) declares, with file, line and the nearest known name.
  - It refuses variables of the group C(all) in an inventory too, which would lose to the project's own, and groups that
    the playbooks do not work with. Runs on the controller only and contacts no host.
  - It refuses variable files of a group or host that there is not, which Ansible passes over; an inventory file that is
    not YAML; what is nearly the name of a variable on the command line (C(--extra-vars)); and what is nearly one of the
    names by which Ansible reaches a host.
  - Files that are encrypted as a whole are not looked into.
options:
  sources:
    description: The inventories, as given to C(ansible-playbook -i).
    type: list
    elements: path
    required: true
  roles_dir:
    description: The roles, whose C(meta/argument_specs.yml) declare variables. By default the project's.
    type: path
  group_vars_dir:
    description: The folder of the variables that all provinces share. By default the project's.
    type: path
  site_variables:
    description: The file that declares a site's own variables. By default the project's.
    type: path
  regulations_dir:
    description: The regulations that a province can choose of. By default the project's.
    type: path
attributes:
  check_mode:
    description: Changes nothing in any mode.
    support: full
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Check the inventory
  thucongvu.mail.inventory_check:
    sources: "{{ ansible_inventory_sources }}"
"""

RETURN = r"""
msg:
  description: That the inventory is right; otherwise the task fails with every problem.
  type: str
  returned: success
"""
