#!/usr/bin/python
"""Write a daemon's configuration as one checked unit."""

from __future__ import annotations

DOCUMENTATION = r"""
module: config_files
short_description: Write a daemon's configuration as one checked unit
description:
  - Lays all declared files over a private copy of the configuration folder and lets the daemon's own checker read that copy.
    Only when it is content are the files that differ moved into place, each by one rename, in the order in which they are declared.
    A refused configuration changes nothing and the play stops with the checker's words, so a running daemon never sees a broken file.
  - Also reports a change when the daemon was last started or reloaded before a file was written, so that a run that was cut off
    between writing and reloading is made good by the next run.
options:
  root:
    description: The configuration folder. It is made when missing.
    type: path
    required: true
  files:
    description: The files that this role owns below O(root).
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: Path below O(root).
        type: str
        required: true
      content:
        description: The text. One of O(files[].content) and O(files[].secret_content) is needed.
        type: str
      secret_content:
        description: A text that holds a secret; it is shown in no log and no diff, and is masked where the checker quotes it.
        type: str
      owner:
        description: Owner of the file.
        type: str
        default: root
      group:
        description: Group of the file.
        type: str
        default: root
      mode:
        description: Permissions in octal.
        type: str
        default: "0644"
  owned:
    description: Glob patterns below O(root). What they match and O(files) does not declare is removed.
    type: list
    elements: str
    default: []
  validate:
    description:
      - Commands as lists of words; C({staging}) stands for the copy. Each must exit 0. A dry run leaves them out where the checker, or
        O(unit), is not there yet.
    type: list
    elements: list
    default: []
  validate_is_silent:
    description: A checker that only warns (such as postconf) is taken at its word; anything on standard error is a refusal.
    type: bool
    default: false
  unit:
    description: The systemd unit that reads these files.
    type: str
  also_reads:
    description: Files of others, such as the certificate, that O(unit) reads at its start. One that is newer than that is a change too.
    type: list
    elements: str
    default: []
  restart_pattern:
    description: Regular expression; a changed line that it matches needs a restart and not only a reload.
    type: str
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Configure Postfix
  thucongvu.mail.config_files:
    root: /etc/postfix
    files:
      - path: main.cf
        content: "{{ lookup('ansible.builtin.template', 'main.cf.j2') }}"
    validate:
      - [postconf, -c, "{staging}", -n]
    validate_is_silent: true
    unit: postfix.service
    restart_pattern: ^inet_interfaces
  notify: Apply the Postfix configuration
  register: __postfix_config
"""

RETURN = r"""
changed_files:
  description: Paths that were written, removed or had owner or permissions set.
  type: list
  elements: str
  returned: always
not_yet_read:
  description: Paths that changed after the unit last started or was reloaded.
  type: list
  elements: str
  returned: always
restart_needed:
  description: Whether a reload is not enough.
  type: bool
  returned: always
"""

import difflib
import fnmatch
import grp
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from typing import Any

from ansible.module_utils.basic import AnsibleModule


def read_text(path: str) -> str | None:
    """Return the file's text, or None when there is no such file."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as handle:
            return handle.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def printable(text: str) -> str:
    """Return a text as a result may carry it: what is not UTF-8, say in a packaged file of old, shows as a replacement sign."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def changed_lines(before: str, after: str) -> list[str]:
    """Return the lines that stand in only one of the two texts."""
    return [line[2:] for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[:2] in ("- ", "+ ")]


def secret_words(text: str) -> list[str]:
    """Return what of a secret text a checker must not be quoted with: long words that no daemon's setting or path looks like."""
    words = re.findall(r"[^\s\"'`,;(){}<>\[\]]{12,}", text)
    return sorted({word for word in words if re.search(r"[A-Z0-9]", word)}, key=len, reverse=True)


class ConfigTree:
    """The declared files of one configuration folder against what stands there."""

    def __init__(self, module: AnsibleModule) -> None:
        self.module = module
        self.root: str = module.params["root"]
        self.diffs: list[dict[str, str]] = []
        self.changed_files: list[str] = []
        self.restart_needed = False
        self.files: dict[str, dict[str, Any]] = {}
        self.ids: dict[str, tuple[int, int]] = {}
        # Everything is looked at before anything is written, so that a mistake in the last file does not leave the first ones new.
        for entry in module.params["files"]:
            path = os.path.normpath(entry["path"])
            if path in self.files:
                module.fail_json(msg=f"files: {path!r} is declared twice")
            self.refuse_what_is_no_file_below_root(entry["path"], path)
            if (entry["content"] is None) == (entry["secret_content"] is None):
                module.fail_json(msg=f"files: {path!r} needs one of content and secret_content")
            if not re.fullmatch(r"[0-7]{3,4}", entry["mode"]):
                module.fail_json(msg=f"files: {path!r}: mode {entry['mode']!r} is not octal, such as 0640")
            self.files[path] = entry
            self.ids[path] = self.owner_of(entry)
        self.to_write: list[str] = []
        self.to_remove: list[str] = []

    def refuse_what_is_no_file_below_root(self, declared: str, path: str) -> None:
        """Refuse a path that leads out of the folder, be it by a symbolic link inside."""
        target = os.path.join(self.root, path)
        folder, root = os.path.realpath(os.path.dirname(target)), os.path.realpath(self.root)
        if path == "." or path.startswith("/") or os.path.commonpath([folder, root]) != root:
            self.module.fail_json(msg=f"files: {declared!r} does not stand below {self.root}")
        if os.path.isdir(target):
            self.module.fail_json(msg=f"files: {target} is a folder")

    def owner_of(self, entry: dict[str, Any]) -> tuple[int, int]:
        """Return uid and gid; on a dry run of a fresh host the package that makes them is not there yet."""
        try:
            return pwd.getpwnam(entry["owner"]).pw_uid, grp.getgrnam(entry["group"]).gr_gid
        except KeyError as error:
            if self.module.check_mode:
                return 0, 0
            self.module.fail_json(msg=f"{entry['path']}: no such owner or group: {error}")
            raise

    def text(self, path: str) -> str:
        entry = self.files[path]
        return str(entry["content"] if entry["content"] is not None else entry["secret_content"])

    def compare(self) -> None:
        for path, entry in self.files.items():
            target = os.path.join(self.root, path)
            before, after = read_text(target), self.text(path)
            if before != after:
                self.to_write.append(path)
                self.look_for_what_wants_a_restart(before or "", after)
                shown = (before or "", after)
                if entry["secret_content"] is not None:
                    shown = ("" if before is None else "(secret)\n", "(another secret)\n")
                self.diffs.append(
                    {
                        "before_header": target,
                        "after_header": target,
                        "before": printable(shown[0]),
                        "after": printable(shown[1]),
                    }
                )
            else:
                status = os.stat(target)
                if (status.st_uid, status.st_gid, status.st_mode & 0o7777) != (*self.ids[path], int(entry["mode"], 8)):
                    self.changed_files.append(path)
        owned = self.module.params["owned"]
        for folder, _folders, names in os.walk(self.root) if owned else ():
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), self.root)
                if path not in self.files and any(fnmatch.fnmatch(path, glob) for glob in owned):
                    self.to_remove.append(path)
                    self.look_for_what_wants_a_restart(read_text(os.path.join(self.root, path)) or "", "")
                    self.diffs.append(
                        {
                            "before_header": os.path.join(self.root, path),
                            "after_header": "(removed)",
                            "before": "(no longer declared)\n",
                            "after": "",
                        }
                    )

    def look_for_what_wants_a_restart(self, before: str, after: str) -> None:
        pattern = self.module.params["restart_pattern"]
        if pattern and any(re.search(pattern, line) for line in changed_lines(before, after)):
            self.restart_needed = True

    def place(self, root: str, path: str) -> None:
        """Write one declared file below root by one rename."""
        target = os.path.join(root, path)
        os.makedirs(os.path.dirname(target), mode=0o755, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".tcv-", dir=os.path.dirname(target))
        try:
            with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
                stream.write(self.text(path))
                stream.flush()
                os.fsync(stream.fileno())
            os.chown(temporary, *self.ids[path])
            os.chmod(temporary, int(self.files[path]["mode"], 8))
            os.rename(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise

    def check(self) -> None:
        """Let the daemon's own checker read a copy of the folder as it would be."""
        commands: list[list[str]] = self.module.params["validate"]
        if not commands:
            return
        if self.module.check_mode and self.unit_is_to_come():
            return  # a dry run of a fresh host: what a checker needs (perl's modules) comes with the unit's package
        parent = os.path.dirname(self.root.rstrip("/")) or "/"
        while not os.path.isdir(parent):
            parent = os.path.dirname(parent)
        staging = tempfile.mkdtemp(prefix=f".{os.path.basename(self.root)}-staging-", dir=parent)
        try:
            if os.path.isdir(self.root):
                shutil.copytree(self.root, staging, symlinks=True, dirs_exist_ok=True)
            # Some checkers drop privileges before they read, and copytree gave the copy the permissions of the original.
            os.chmod(staging, 0o755)  # noqa: S103 what holds a secret has its own mode
            for path in self.to_remove:
                os.unlink(os.path.join(staging, path))
            for path in self.to_write:
                self.place(staging, path)
            for command in commands:
                words = [str(word).replace("{staging}", staging) for word in command]
                if shutil.which(words[0]) is None:
                    if self.module.check_mode:
                        return  # a dry run of a fresh host: the package that brings the checker is not there yet
                    self.module.fail_json(
                        msg=f"{words[0]} is not there to check {self.root}; nothing was changed", diff=self.diffs
                    )
                done = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
                said = self.masked((done.stderr + done.stdout).replace(staging, self.root.rstrip("/")).strip())
                if done.returncode != 0 or (self.module.params["validate_is_silent"] and done.stderr.strip()):
                    self.module.fail_json(
                        msg=f"{words[0]} refuses the configuration in {self.root}; nothing was changed: {said}",
                        diff=self.diffs,
                    )
        finally:
            shutil.rmtree(staging)

    def unit_is_to_come(self) -> bool:
        """Return whether systemd does not know the unit yet."""
        unit = self.module.params["unit"]
        if not unit or shutil.which("systemctl") is None:
            return False
        command = ["systemctl", "show", "--property=LoadState", "--value", unit]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() == "not-found"

    def masked(self, said: str) -> str:
        """Return what a checker said without what of it is secret."""
        for entry in self.files.values():
            for word in secret_words(entry["secret_content"] or ""):
                said = said.replace(word, "(secret)")
        return said

    def apply(self) -> None:
        os.makedirs(self.root, mode=0o755, exist_ok=True)
        for path in self.to_write:
            self.place(self.root, path)
        for path in self.changed_files:
            target = os.path.join(self.root, path)
            os.chown(target, *self.ids[path])
            os.chmod(target, int(self.files[path]["mode"], 8))
        for path in self.to_remove:
            os.unlink(os.path.join(self.root, path))

    def not_yet_read(self) -> list[str]:
        """Return the files that changed after the unit last changed its state, that is, started or was reloaded."""
        unit = self.module.params["unit"]
        if not unit or shutil.which("systemctl") is None:
            return []
        shown = subprocess.run(
            ["systemctl", "show", "--property=ActiveState,StateChangeTimestamp", "--timestamp=us+utc", unit],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        ).stdout
        fields = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
        if fields.get("ActiveState") != "active" or not fields.get("StateChangeTimestamp"):
            return []
        stamp = fields["StateChangeTimestamp"].removesuffix(" UTC").split(" ", 1)[1]
        read_at = datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC).timestamp()
        paths = [os.path.join(self.root, path) for path in self.files] + self.module.params["also_reads"]
        return [path for path in paths if os.path.exists(path) and os.stat(path).st_mtime > read_at]


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "root": {"type": "path", "required": True},
            "files": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "path": {"type": "str", "required": True},
                    "content": {"type": "str"},
                    "secret_content": {"type": "str", "no_log": True},
                    "owner": {"type": "str", "default": "root"},
                    "group": {"type": "str", "default": "root"},
                    "mode": {"type": "str", "default": "0644"},
                },
            },
            "owned": {"type": "list", "elements": "str", "default": []},
            "validate": {"type": "list", "elements": "list", "default": []},
            "validate_is_silent": {"type": "bool", "default": False},
            "unit": {"type": "str"},
            "also_reads": {"type": "list", "elements": "str", "default": []},
            "restart_pattern": {"type": "str"},
        },
        supports_check_mode=True,
        # Ansible writes a module's arguments into the host's journal and does not recognise a secret of several lines.
        no_log=True,
    )
    # Folders are made for the daemon to read, however careful the shell is that Ansible came by.
    os.umask(0o022)
    tree = ConfigTree(module)
    tree.compare()
    if tree.to_write or tree.to_remove:
        tree.check()
    stale = tree.not_yet_read()
    changed = bool(tree.to_write or tree.to_remove or tree.changed_files or stale)
    if changed and not module.check_mode:
        tree.apply()
    module.exit_json(
        changed=changed,
        changed_files=sorted({*tree.to_write, *tree.to_remove, *tree.changed_files}),
        # Which line the daemon missed is not known when an earlier run, cut off, wrote it.
        restart_needed=tree.restart_needed or bool(set(stale) - set(module.params["also_reads"])),
        not_yet_read=stale,
        diff=tree.diffs,
    )


if __name__ == "__main__":
    main()
