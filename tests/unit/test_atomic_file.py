"""A reader, or a run that is cut off, sees the old file or the new one."""

import os

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.atomic_file import write_atomically


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o640])
def test_content_and_mode_whatever_the_umask(tmp_path, mode):
    before = os.umask(0o077)
    try:
        write_atomically(tmp_path / "a", b"\x00\xff\r\n", mode)
    finally:
        os.umask(before)
    assert (tmp_path / "a").read_bytes() == b"\x00\xff\r\n"
    assert (tmp_path / "a").stat().st_mode & 0o7777 == mode


def test_missing_folders_are_made_and_nothing_else_is_left(tmp_path):
    write_atomically(tmp_path / "b/c/a", b"x", 0o600)
    assert [path.name for path in (tmp_path / "b/c").iterdir()] == ["a"]


def test_a_file_is_replaced_with_its_mode_and_not_written_into(tmp_path):
    (tmp_path / "a").write_bytes(b"a longer text than the new one")
    (tmp_path / "a").chmod(0o666)
    os.link(tmp_path / "a", tmp_path / "as-a-reader-has-it-open")
    write_atomically(tmp_path / "a", b"new", 0o600)
    assert (tmp_path / "a").read_bytes() == b"new"
    assert (tmp_path / "a").stat().st_mode & 0o7777 == 0o600
    assert (tmp_path / "as-a-reader-has-it-open").read_bytes() == b"a longer text than the new one"


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_a_run_that_is_cut_off_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch, step):
    (tmp_path / "a").write_bytes(b"old")

    def cut_off(*_arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(os, step, cut_off)
        with pytest.raises(KeyboardInterrupt):
            write_atomically(tmp_path / "a", b"new", 0o600)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"old")]


def test_nobody_else_can_read_it_while_it_is_written(tmp_path, monkeypatch):
    seen = []

    def look(descriptor):
        seen.append(os.fstat(descriptor).st_mode & 0o7777)

    monkeypatch.setattr(os, "fsync", look)
    write_atomically(tmp_path / "a", b"secret", 0o644)
    assert seen == [0o600]
