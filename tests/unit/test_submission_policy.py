"""What becomes of a message that is handed in: how its author is shown (CT-4.2đ), and to which lists it may go (CT-11.5)."""

from email.header import decode_header, make_header
from email.policy import SMTP
from email.utils import parseaddr

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.submission_policy import (
    Entry,
    author,
    decoded,
    is_shown_so,
    may_post,
    plain_address,
    sent_copy_address,
    shown,
)

NAME = "Nguyễn Văn Minh - Sở Nội vụ"
ADDRESS = "nvminh@cantho.gov.vn"


@pytest.mark.parametrize(
    "value",
    [
        "nvminh@cantho.gov.vn",
        "<nvminh@cantho.gov.vn>",
        "Minh <nvminh@cantho.gov.vn>",
        '"Chu tich, UBND" <nvminh@cantho.gov.vn>',
        "=?utf-8?q?Ch=E1=BB=A7_t=E1=BB=8Bch?= <nvminh@cantho.gov.vn>",
        '"ttlan@cantho.gov.vn" <nvminh@cantho.gov.vn>',
        "Minh\n <nvminh@cantho.gov.vn>",
    ],
)
def test_one_author_beyond_doubt_is_read(value):
    assert author([value]).addr_spec == ADDRESS


@pytest.mark.parametrize(
    "values",
    [
        [],
        [ADDRESS, ADDRESS],
        ["A <nvminh@cantho.gov.vn>, B <ttlan@cantho.gov.vn>"],
        ["Nhom: nvminh@cantho.gov.vn;"],
        ["Nhom:;"],
        ["ttlan@cantho.gov.vn <nvminh@cantho.gov.vn>"],
        ["<@relay.example:nvminh@cantho.gov.vn>"],
        ["nvminh"],
        ["Chủ tịch <nvminh@cantho.gov.vn>"],
        [""],
        ["<" * 1000],
    ],
    ids=["none", "two headers", "two", "group", "empty group", "bare", "route", "no domain", "raw", "empty", "odd"],
)
def test_what_is_in_doubt_is_left_to_the_filter(values):
    assert author(values) is None


@pytest.mark.parametrize("name", [NAME, "Văn phòng - Ủy ban nhân dân " * 4 + "!", 'A "B" C', "Plain"])
def test_ct_4_2dd_a_name_is_written_as_every_program_reads_it(name):
    written = shown(name, ADDRESS)
    assert written.isascii()
    assert all(line.startswith(" ") for line in written.split("\n")[1:])
    assert all(len(line) <= 78 for line in written.split("\n"))
    (found,) = SMTP.header_factory("From", written.replace("\n", "")).addresses
    assert found.addr_spec == ADDRESS
    encoded, _address = parseaddr(written.replace("\n", ""))
    assert str(make_header(decode_header(encoded))) == name


def test_a_name_that_is_there_already_is_left_alone():
    assert is_shown_so(shown(NAME * 3, ADDRESS), NAME * 3)
    assert not is_shown_so(ADDRESS, NAME)
    assert not is_shown_so(f"Minh <{ADDRESS}>", NAME)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("=?utf-8?q?Nguy=E1=BB=85n?=", "Nguyễn"),
        ("=?utf-8?b?TmfGsOG7nWk=?=\r\n =?utf-8?b?IHZp4bq/dA==?=", "Người viết"),
        ("=?utf-8?b?a?=", "=?utf-8?b?a?="),
        ("=?no-such?q?x?=", "=?no-such?q?x?="),
        ("raw \udce1\udcba", "raw \udce1\udcba"),
    ],
    ids=["one word", "two", "broken", "unknown", "raw"],
)
def test_a_header_is_read_whatever_its_code(value, read):
    assert decoded(value) == read


def test_an_address_without_a_name_in_the_directory_stands_alone():
    assert shown("", ADDRESS) == ADDRESS


def test_ct_11_5_only_whom_the_directory_names_writes_to_a_list():
    agency, other = Entry("cn=A", "sonv@x.vn"), Entry("cn=b", "b@x.vn")
    closed = Entry("cn=list", "danhsach.sonv@x.vn", may_post=frozenset({"cn=a"}))
    assert may_post(closed, agency)
    assert not may_post(closed, other)
    assert not may_post(closed, None)
    assert may_post(other, None)


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("<Minh@X.vn>", "minh@x.vn"),
        ("minh+a+b@x.vn", "minh@x.vn"),
        ("<>", ""),
        ("minh", "minh"),
        ('"a@b"@x.vn', '"a@b"@x.vn'),
    ],
)
def test_an_address_of_the_envelope_without_its_detail(given, plain):
    assert plain_address(given) == plain


def test_the_copy_of_what_was_sent_goes_to_the_mailbox_itself():
    assert sent_copy_address("sonv@cantho.gov.vn", "sent-copy") == "sonv+sent-copy@cantho.gov.vn"
