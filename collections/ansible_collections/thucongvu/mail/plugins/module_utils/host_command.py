"""Running a program of the host from a module. The standard library only: modules ship it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule

DOVEADM = "/usr/bin/doveadm"
# What doveadm ends with where there is no such folder, or nobody signed in, and where there is no such user (doveadm(1)).
DOVEADM_NOTHING = 68
DOVEADM_NO_USER = 67
# So much of a command stands in the message of its failure: what follows may be of a person, or as good as a password.
_WORDS_SHOWN = 3


def run(module: AnsibleModule, *command: str, allowed: tuple[int, ...] = (0,), said: str = "") -> str:
    """Run a command and return its output; a failure ends the module.

    Args:
        module: The module.
        command: The program's path and its arguments.
        allowed: Exit codes that are no failure.
        said: Words in the command's complaint by which it is no failure either.
    """
    code, out, err = module.run_command(list(command))
    if code not in allowed and not (said and said in err):
        module.fail_json(msg=f"{' '.join(command[:_WORDS_SHOWN])}: {err.strip() or out.strip()}")
    return str(out)
