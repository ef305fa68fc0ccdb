"""The module config_files as Ansible runs it: what it writes, what it refuses, and what it says."""

import grp
import json
import os
import pwd
import sys
from datetime import UTC, datetime

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.testing import patch_module_args

from ansible_collections.thucongvu.mail.plugins.modules import config_files

OWNER = pwd.getpwuid(os.getuid()).pw_name
GROUP = grp.getgrgid(os.getgid()).gr_name
# As long and as mixed as playbooks/secrets.yml makes them.
SECRET = "q7Zt0LrB4mXw9KcVy2HsNd5PfJg8TaEu"
CHECKER = """\
import pathlib, sys
folder = pathlib.Path(sys.argv[1])
print(*sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()))
for path in sorted(folder.rglob("*.conf")):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith(("bad", "warn")):
            print(f"{path}:{number}: unknown setting: {line}", file=sys.stderr)
            if line.startswith("bad"):
                sys.exit(1)
"""


@pytest.fixture
def root(tmp_path):
    return tmp_path / "daemon"


@pytest.fixture
def validate(tmp_path):
    """A daemon's checker: a line that begins with bad is an error, one with warn only a warning."""
    (tmp_path / "checker.py").write_text(CHECKER)
    return [[sys.executable, str(tmp_path / "checker.py"), "{staging}"]]


def entry(path, content=None, **options):
    text = {} if content is None else {"content": content}
    return {"path": path, "owner": OWNER, "group": GROUP, **text, **options}


def task(root, *files, task_options=None, **options):
    arguments = {"root": str(root), "files": list(files), **options}
    return {"name": "Configure", "thucongvu.mail.config_files": arguments, **(task_options or {})}


def once(ansible, root, *files, argv=(), task_options=None, **options):
    """One run of the module; its result."""
    (result,) = ansible.play([task(root, *files, task_options=task_options, **options)], *argv).results
    return result


@pytest.fixture
def here(capsys):
    """The module in this process, for tables of many cases; returns its result."""

    def run(root, *files, **options):
        umask = os.umask(0o022)
        try:
            with patch_module_args({"root": str(root), "files": list(files), **options}), pytest.raises(SystemExit):
                config_files.main()
        finally:
            os.umask(umask)
        return json.loads(capsys.readouterr().out)

    return run


def tree(folder):
    """Everything in a folder: what a run that changes nothing leaves as it is."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() else None
        found[str(path.relative_to(folder))] = (content, oct(status.st_mode), status.st_uid, status.st_mtime_ns)
    return found


def mode(path):
    return oct(path.stat().st_mode & 0o7777)


def test_a_first_run_writes_and_a_second_changes_nothing(ansible, root):
    files = [entry("main.conf", "một\n"), entry("conf.d/secret", secret_content=SECRET, mode="0640")]
    first, second = ansible.play([task(root, *files), task(root, *files)]).results
    assert first["changed"]
    assert first["changed_files"] == ["conf.d/secret", "main.conf"]
    assert (root / "main.conf").read_text() == "một\n"
    assert (root / "conf.d/secret").read_text() == SECRET
    assert (mode(root), mode(root / "main.conf"), mode(root / "conf.d/secret")) == ("0o755", "0o644", "0o640")
    assert not second["changed"]
    assert second["changed_files"] == []
    assert {path.name for path in root.rglob("*")} == {"main.conf", "conf.d", "secret"}


def test_any_text_is_written_as_it_is_and_is_then_unchanged(ansible, root):
    contents = ["one\r\ntwo\r\n", "no end of line", "", "\n\n", "Sở Nội vụ – “ký”\n", "\ttab \\ $x %s\n"]
    files = [entry(str(number), content) for number, content in enumerate(contents)]
    first, second = ansible.play([task(root, *files)] * 2).results
    assert [(root / str(number)).read_bytes() for number in range(len(contents))] == [
        text.encode() for text in contents
    ]
    assert (first["changed"], second["changed"]) == (True, False)


def test_mode_and_owner_are_put_back_and_the_text_is_left_alone(ansible, root):
    once(ansible, root, entry("a", "one\n"), entry("b", "two\n", mode="0640"))
    before = (root / "b").stat().st_ino
    (root / "b").chmod(0o666)
    if os.getuid() == 0:
        os.chown(root / "b", 65534, 65534)
    seen, mended = ansible.play(
        [
            task(root, entry("a", "one\n"), entry("b", "two\n", mode="0640"), task_options={"check_mode": True}),
            task(root, entry("a", "one\n"), entry("b", "two\n", mode="0640")),
        ]
    ).results
    assert seen["changed_files"] == mended["changed_files"] == ["b"]
    status = (root / "b").stat()
    assert (status.st_mode & 0o7777, status.st_uid, status.st_gid) == (0o640, os.getuid(), os.getgid())
    assert status.st_ino == before


def test_what_is_no_longer_declared_is_removed_where_it_is_owned(ansible, root):
    once(
        ansible,
        root,
        entry("main.conf", "x\n"),
        entry("conf.d/old.conf", "x\n"),
        entry("conf.d/deep/older.conf", "x\n"),
    )
    (root / "conf.d/README").write_text("the package's\n")
    (root / "other.conf").write_text("the operator's\n")
    before = tree(root)
    files = [entry("main.conf", "x\n"), entry("conf.d/new.conf", "x\n")]
    seen = once(ansible, root, *files, owned=["conf.d/*.conf"], task_options={"check_mode": True})
    assert tree(root) == before
    done, again = ansible.play([task(root, *files, owned=["conf.d/*.conf"])] * 2).results
    assert not again["changed"]
    assert (
        seen["changed_files"]
        == done["changed_files"]
        == ["conf.d/deep/older.conf", "conf.d/new.conf", "conf.d/old.conf"]
    )
    assert {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()} == {
        "main.conf",
        "other.conf",
        "conf.d/README",
        "conf.d/new.conf",
    }


def test_a_refused_configuration_changes_nothing_and_the_checker_is_quoted(ansible, root, validate, tmp_path):
    once(ansible, root, entry("main.conf", "good = 1\n"), entry("conf.d/old.conf", "good = 2\n"))
    before = tree(tmp_path)
    files = [entry("main.conf", "good = 1\nbad = 2\n"), entry("conf.d/new.conf", "good = 3\n")]
    done = ansible.play([task(root, *files, validate=validate, owned=["conf.d/*"])])
    assert done.returncode != 0
    (refused,) = done.results
    assert f"{root}/main.conf:2: unknown setting: bad = 2" in refused["msg"]
    assert "nothing was changed" in refused["msg"]
    assert "staging" not in refused["msg"]
    assert tree(tmp_path) == before


def test_the_checker_sees_the_folder_as_it_would_be(ansible, root, validate, tmp_path):
    once(ansible, root, entry("main.conf", "x\n"), entry("conf.d/old.conf", "x\n"))
    (root / "packaged").write_text("x\n")
    (root / "link.conf").symlink_to("packaged")
    files = [entry("conf.d/new.conf", "x\n"), entry("main.conf", "bad\n")]
    refused = once(ansible, root, *files, validate=validate, owned=["conf.d/*.conf"])
    assert "conf.d/new.conf link.conf main.conf packaged" in refused["msg"]
    assert "conf.d/old.conf" not in refused["msg"]
    assert not list(tmp_path.glob(".*staging*"))


def test_a_checker_that_only_warns_is_believed_when_it_is_asked_to_be_silent(ansible, root, validate):
    files = [entry("main.conf", "warn = 1\n")]
    taken = once(ansible, root, *files, validate=validate, task_options={"check_mode": True})
    refused = once(ansible, root, *files, validate=validate, validate_is_silent=True)
    assert taken["changed"]
    assert f"{root}/main.conf:1: unknown setting: warn = 1" in refused["msg"]
    assert not root.exists()


def test_a_checker_that_is_missing_is_named_and_is_no_obstacle_to_a_dry_run(ansible, root):
    files, validate = [entry("a", "x\n")], [["no-such-daemon", "{staging}"]]
    dry = once(ansible, root, *files, validate=validate, task_options={"check_mode": True})
    assert dry["changed"]
    missing = once(ansible, root, *files, validate=validate)
    assert "no-such-daemon" in missing["msg"]
    assert "not there" in missing["msg"]
    assert not root.exists()


def test_check_mode_writes_nothing_and_says_what_it_would(ansible, root, validate, tmp_path):
    fresh = ansible.play([task(root, entry("conf.d/a", "one\n"), validate=validate)], "--check", "--diff")
    assert fresh.results[0]["changed_files"] == ["conf.d/a"]
    assert "+one" in fresh.stdout
    assert not root.exists()
    once(ansible, root, entry("conf.d/a", "one\n"))
    before = tree(tmp_path)
    again = ansible.play([task(root, entry("conf.d/a", "two\n"), validate=validate)], "--check", "--diff")
    assert f"--- before: {root}/conf.d/a" in again.stdout
    assert "-one" in again.stdout
    assert "+two" in again.stdout
    assert tree(tmp_path) == before


def test_on_a_dry_run_an_owner_may_still_come_with_its_package(ansible, root):
    dry = once(ansible, root, entry("a", "x\n", owner="no-such-user"), task_options={"check_mode": True})
    assert dry["changed"]
    assert not root.exists()


def test_no_secret_is_shown_however_much_is_asked_for(ansible, root, validate):
    """Neither when it is new, nor when it changes, nor when the checker quotes it."""
    other = SECRET[::-1]

    def secret(text):
        return entry("secret.conf", secret_content=text, mode="0600")

    done = ansible.play(
        [
            task(root, secret(f"password = {SECRET}\n"), validate=validate),
            task(root, secret(f"password = {other}\n"), validate=validate),
            task(root, secret(f"bad_password = '{SECRET}'\n"), validate=validate),
        ],
        "-vvvv",
        "--diff",
        environment={"ANSIBLE_INJECT_INVOCATION": "true"},
    )
    new, changed, refused = done.results
    assert (new["changed"], changed["changed"], done.tasks[-1]["outcome"]) == (True, True, "failed")
    assert "invocation" in done.stdout
    assert "(another secret)" in done.stdout
    assert f"{root}/secret.conf:1: unknown setting: bad_password" in refused["msg"], "the setting may be named"
    assert SECRET not in done.stdout
    assert other not in done.stdout
    assert (root / "secret.conf").read_text() == f"password = {other}\n"


def test_no_secret_reaches_the_hosts_journal(here, root, monkeypatch):
    """Ansible writes a module's arguments there, and does not recognise a secret of several lines."""
    logged = []
    monkeypatch.setattr(AnsibleModule, "log", lambda _module, message, **_options: logged.append(message))
    result = here(root, entry("secret.conf", secret_content=f"user = a\npassword = {SECRET}\n"))
    assert result["changed"]
    assert SECRET not in "".join(logged)


def test_the_diff_of_a_file_in_an_old_encoding(ansible, root):
    root.mkdir()
    (root / "a").write_bytes("Sở".encode("utf-16"))
    done = ansible.play([task(root, entry("a", "Sở\n"))], "--diff")
    assert done.returncode == 0, done.stdout
    assert "+Sở" in done.stdout
    assert (root / "a").read_text() == "Sở\n"


# Each with what is said of it; the file before it is fine, and is not written either.
REFUSED = [
    ([entry("../outside", "x\n")], "'../outside' does not stand below {root}"),
    ([entry("/outside", "x\n")], "'/outside' does not stand below {root}"),
    ([entry("a/../../outside", "x\n")], "'a/../../outside' does not stand below {root}"),
    ([entry("link/outside", "x\n")], "'link/outside' does not stand below {root}"),
    ([entry("", "x\n")], "'' does not stand below {root}"),
    ([entry(".", "x\n")], "'.' does not stand below {root}"),
    ([entry("a")], "'a' needs one of content and secret_content"),
    ([entry("a", "x\n", secret_content="y")], "'a' needs one of content and secret_content"),
    ([entry("a", "x\n"), entry("./a", "y\n")], "'a' is declared twice"),
    ([entry("a", "x\n", mode="u=rw")], "'a': mode 'u=rw' is not octal, such as 0640"),
    ([entry("a", "x\n", mode="0999")], "'a': mode '0999' is not octal, such as 0640"),
    (
        [entry("a", "x\n", group="no-such-group")],
        "a: no such owner or group: \"getgrnam(): name not found: 'no-such-group'\"",
    ),
    ([entry("folder", "x\n")], "{root}/folder is a folder"),
]


@pytest.mark.parametrize(("files", "message"), REFUSED)
def test_what_is_not_well_declared_is_refused_with_its_name_and_nothing_is_written(
    here, root, tmp_path, files, message
):
    (root / "folder").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (root / "link").symlink_to(tmp_path / "elsewhere")
    before = tree(tmp_path)
    result = here(root, entry("fine", "x\n"), *files)
    assert result["failed"]
    assert message.format(root=root) in result["msg"]
    assert tree(tmp_path) == before


def test_the_daemon_may_read_the_folders_whatever_the_umask(ansible, root):
    done = ansible.play([task(root / "deep", entry("conf.d/a", "x\n"))], umask=0o077)
    assert done.results[0]["changed"]
    assert [mode(path) for path in (root, root / "deep", root / "deep/conf.d", root / "deep/conf.d/a")] == [
        "0o755",
        "0o755",
        "0o755",
        "0o644",
    ]


def test_a_restart_is_needed_where_a_line_that_wants_one_differs(ansible, root):
    def run(*lines, extra=(), **options):
        return task(
            root, entry("a.conf", "".join(f"{line}\n" for line in lines)), *extra, restart_pattern="^listen", **options
        )

    more = [entry("b.conf", "listen = 2\n")]
    results = ansible.play(
        [
            run("listen = 1", "log = 1"),
            run("listen = 1", "log = 2"),
            run("# listen = 9", "listen = 1", "log = 2"),
            run("listen = 3", "log = 2"),
            run("listen = 3", "log = 2", extra=more),
            run("listen = 3", "log = 2", owned=["b.*"]),
            run("listen = 3", "log = 2"),
        ]
    ).results
    assert [result["changed"] for result in results] == [True] * 6 + [False]
    assert [result["restart_needed"] for result in results] == [True, False, False, True, True, True, False]


class Systemd:
    """What systemd says of its units: a systemctl of our own on PATH."""

    def __init__(self, folder):
        self.folder = folder
        program = folder / "bin/systemctl"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nfor unit; do :; done\nexec cat "{folder}/$unit"\n')
        program.chmod(0o755)
        self.environment = {"PATH": f"{program.parent}:{os.environ['PATH']}"}

    def says(self, unit, state, read_at=None):
        stamp = "" if read_at is None else datetime.fromtimestamp(read_at, UTC).strftime("%a %Y-%m-%d %H:%M:%S.%f UTC")
        (self.folder / unit).write_text(f"ActiveState={state}\nStateChangeTimestamp={stamp}\n")


@pytest.fixture
def systemd(tmp_path):
    return Systemd(tmp_path)


NOW = 1_800_000_000
# What the unit's state is and since when, when the file and the certificate were written, what is stale, whether to restart.
READ = [
    ("active", NOW + 1, NOW, NOW, [], False),
    ("active", NOW - 1, NOW, NOW - 2, ["a"], True),
    ("active", NOW - 1, NOW - 2, NOW, ["certificate"], False),
    ("active", NOW - 1, NOW, NOW, ["a", "certificate"], True),
    ("active", NOW - 0.001, NOW, None, ["a"], True),
    ("inactive", NOW - 1, NOW, NOW, [], False),
    ("failed", NOW - 1, NOW, NOW, [], False),
    ("inactive", None, NOW, NOW, [], False),
]


@pytest.mark.parametrize(("state", "read_at", "written", "certified", "stale", "restart"), READ)
def test_what_the_unit_has_not_read_yet_is_a_change(
    here, root, systemd, monkeypatch, state, read_at, written, certified, stale, restart
):
    root.mkdir()
    for name, content, time in (("a", "x\n", written), ("certificate", "", certified)):
        if time is not None:
            (root / name).write_text(content)
            (root / name).chmod(0o644)
            os.utime(root / name, (time, time))
    systemd.says("daemon.service", state, read_at)
    monkeypatch.setenv("PATH", systemd.environment["PATH"])
    result = here(root, entry("a", "x\n"), unit="daemon.service", also_reads=[str(root / "certificate")])
    assert result["not_yet_read"] == [str(root / name) for name in stale]
    assert (result["changed"], result["restart_needed"]) == (bool(stale), restart)


def test_a_line_that_an_earlier_run_wrote_and_the_unit_has_not_read_may_need_a_restart(ansible, root, systemd):
    """Also when this run itself writes only what a reload would do for."""
    root.mkdir()
    (root / "listen.conf").write_text("listen = 2\n")
    os.utime(root / "listen.conf", (NOW, NOW))
    systemd.says("daemon.service", "active", NOW - 60)
    files = [entry("listen.conf", "listen = 2\n"), entry("log.conf", "log = 1\n")]
    done = ansible.play(
        [task(root, *files, unit="daemon.service", restart_pattern="^listen")], environment=systemd.environment
    )
    assert done.results[0]["changed_files"] == ["log.conf"]
    assert done.results[0]["restart_needed"]


def test_a_unit_that_runs_no_systemd_is_not_asked(ansible, root, tmp_path):
    for program in ("sh", "python3"):
        (tmp_path / program).symlink_to(f"/usr/bin/{program}")
    files = [entry("a", "x\n")]
    done = ansible.play([task(root, *files, unit="daemon.service")] * 2, environment={"PATH": str(tmp_path)})
    assert [result["changed"] for result in done.results] == [True, False]
