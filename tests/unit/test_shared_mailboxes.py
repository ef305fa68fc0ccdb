"""What Dovecot reads of shared mailboxes (CT-11.1, CT-11.3, CB-12.1), and whose they are by the register."""

from dataclasses import replace

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import desired_accounts
from ansible_collections.thucongvu.mail.plugins.module_utils.mailing_lists import desired_lists
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.shared_mailboxes import pairs, rights, sharing_map

AGENCIES = """\
- id: sonv
  name: Sở Nội vụ
  kind: department
  address: sonv
  head: p1
  delegates: [p2]
  list_poster: p3
  units:
    - id: sonv-vp
      name: Văn phòng
      address: vanphong.sonv
      head: p2
- id: sotc
  name: Sở Tài chính
  kind: department
  address: sotc
"""
PEOPLE = """\
id,full_name,unit,position,phone,registered,status,address
p1,Nguyễn Văn Minh,,,,2016-01-04,active,nvminh
p2,Trần Thị Lan,sonv-vp,,,2016-01-04,active,ttlan
p3,Lê Văn Hà,,,,2016-01-04,active,lvha
p4,Võ Văn Tư,sonv-vp,,,2016-01-04,suspended,vvtu
"""
LISTS = """\
- id: outer
  name: Toàn thành phố
  address: toanthanhpho
  owner: sotc
  poster: p1
  members: [inner, p3]
- id: inner
  name: Hai sở
  address: haiso
  owner: sonv
  members: [sonv, sotc]
"""


@pytest.fixture
def register(tmp_path, regulations):
    """Read the sample after some replacements."""

    def read(*replacements, regulation="cantho"):
        texts = {"agencies.yml": AGENCIES, "people/sonv.csv": PEOPLE, "lists.yml": LISTS}
        for old, new in replacements:
            assert any(old in text for text in texts.values())
            texts = {name: text.replace(old, new) for name, text in texts.items()}
        (tmp_path / "people").mkdir(exist_ok=True)
        for name, text in texts.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return load_register(tmp_path, regulations[regulation])

    return read


@pytest.fixture
def accounts(regulations):
    def make(found):
        return desired_accounts(found, regulations["cantho"], "x.vn")

    return make


def test_ct_11_1_head_and_delegate_work_in_a_mailbox_and_whoever_is_not_active_does_not(register, accounts):
    by_id = {account.id: account for account in accounts(register())}
    assert by_id["p1"].works_in == ("sonv@x.vn",)
    assert by_id["p2"].works_in == ("sonv@x.vn", "vanphong.sonv@x.vn")
    assert (by_id["sonv"].head_id, by_id["sonv-vp"].head_id, by_id["sotc"].head_id) == ("p1", "p2", None)
    gone = register(("2016-01-04,active,nvminh", "2016-01-04,cancelled,nvminh"))
    by_id = {account.id: account for account in accounts(gone)}
    assert by_id["p1"].works_in == ()
    assert by_id["sonv"].head_id is None


@pytest.mark.parametrize(
    ("old", "new", "key", "place"),
    [
        ("head: p1", "head: p9", "register.no_person", "[0].head"),
        ("  address: sotc\n", "  address: sotc\n  head: p1\n", "register.other_agency", "[1].head"),
        ("delegates: [p2]", "delegates: [p2, p3]", "register.delegates", "[0].delegates"),
        ("delegates: [p2]", "delegates: [p1]", "register.delegate_twice", "[0].delegates[0]"),
        ("  head: p1\n", "", "register.delegates_without_head", "[0].delegates"),
        ("delegates: [p2]", "delegates: p2", "register.text_list", "[0].delegates"),
        ("list_poster: p3", "receipts: co", "register.flag", "[0].receipts"),
        ("list_poster: p3", "list_poster: sonv", "register.no_person", "[0].list_poster"),
        ("owner: sotc", "owner: sotcc", "register.list_owner", "[0].owner"),
        ("poster: p1", "poster: pp1", "register.no_person", "[0].poster"),
        ("members: [sonv, sotc]", "members: [sonv, sotx]", "register.list_member", "[1].members[1]"),
        ("members: [sonv, sotc]", "members: [sonv, outer]", "register.list_circle", "[0].members"),
        ("  members: [sonv, sotc]\n", "", "register.field_missing", "[1]"),
        ("address: haiso", "address: danhsach.sonv", "register.address_taken", "address"),
        ("address: haiso", "address: Hai So", "register.address_form", "address"),
        ("id: inner", "id: p1", "register.id_twice", "id"),
        ("vanphong.sonv", "danhsach.sonv", "register.address_taken", "address"),
        ("  owner: sonv\n", "  chu: sonv\n", "schema.unknown_key", "[1].chu"),
    ],
)
def test_a_bad_entry_is_refused_with_its_place(register, old, new, key, place):
    with pytest.raises(ProblemsError) as refused:
        register((old, new))
    assert (key, place) in [(problem.key, problem.field) for problem in refused.value.problems]
    assert "allowed" in str(refused.value) or "nearest" in str(refused.value)


@pytest.mark.parametrize(("regulation", "allowed"), [("cantho", False), ("caobang", True), ("binhduong", True)])
def test_ct_11_1_cb_12_1_bd_10_how_many_delegates_there_may_be_is_the_regulations(regulations, regulation, allowed):
    most = regulations[regulation].delegates_most
    assert (most.value is None) is allowed
    assert most.clause == {"cantho": "CT-11.1", "caobang": "CB-12.1", "binhduong": "BD-10"}[regulation]


def test_ct_7_1_an_agency_confirms_unless_the_register_says_otherwise(register, accounts):
    by_id = {
        account.id: account
        for account in accounts(register(("  address: sotc\n", "  address: sotc\n  receipts: false\n")))
    }
    assert (by_id["sonv"].receipts, by_id["sonv-vp"].receipts, by_id["sotc"].receipts) == (True, True, False)
    assert not by_id["p1"].receipts


def test_ct_11_5_lists_follow_the_register_and_lists_may_hold_lists(register, accounts, regulations):
    found = register()
    lists = {one.id: one for one in desired_lists(found, regulations["cantho"], accounts(found), "x.vn")}
    # Nobody works in sotc; a suspended person is in no list.
    assert set(lists) == {"sonv", "sonv-vp", "inner", "outer"}
    assert lists["sonv"].address == "danhsach.sonv@x.vn"
    assert [account.id for account in lists["sonv"].people] == ["p1", "p2", "p3"]
    assert [account.id for account in lists["sonv-vp"].people] == ["p2"]
    assert (lists["sonv"].owner.id, lists["sonv"].poster.id, lists["sonv-vp"].poster) == ("sonv", "p3", None)
    assert lists["inner"].lists == ("sonv",)
    assert (lists["outer"].lists, [account.id for account in lists["outer"].people]) == (("inner",), ["p3"])
    nobody = register(*((f"active,{name}", f"cancelled,{name}") for name in ("nvminh", "ttlan", "lvha")))
    assert desired_lists(nobody, regulations["cantho"], accounts(nobody), "x.vn") == []


def test_ct_11_3_received_and_sent_mail_stays_and_spam_and_drafts_may_go():
    lines = rights(["sonv@x.vn"], deletion=False, prefix="shared/", itself="me", deleted="Xóa").splitlines()
    said = {line.rsplit(" ", 2)[0] + "|" + line.split()[-2]: set(line.split()[-1]) for line in lines}
    for name in ("*|user=me", "shared/sonv@x.vn|group=sonv@x.vn", "shared/sonv@x.vn/*|group=sonv@x.vn"):
        assert said[name] >= set("lrwsi")
        # RFC 4314: no deleting (t), no expunging (e), no removing of folders (x), no giving away (a).
        assert not said[name] & set("texa")
    for folder in ("Junk", "Drafts"):
        assert said[f"shared/sonv@x.vn/{folder}|group=sonv@x.vn"] >= set("te")


def test_cb_12_1_where_the_text_lets_people_clear_up_they_do():
    assert {"t", "e"} <= set(
        rights(["ubnd@x.vn"], deletion=True, prefix="shared/", itself="me", deleted="Xóa").split()[-1]
    )
    assert "user=me" not in rights(["ubnd@x.vn"], deletion=True, prefix="shared/", itself="me", deleted="Xóa")


def test_each_mailbox_is_seen_by_the_group_that_is_called_like_it():
    assert sharing_map(["b@x.vn", "a@x.vn"]) == (
        "shared/shared-boxes/group/a@x.vn/a@x.vn\n1\nshared/shared-boxes/group/b@x.vn/b@x.vn\n1\n"
    )
    assert pairs({"A@x.vn": ["B@x.vn"]}) == {("a@x.vn", "b@x.vn")}


def test_a_register_knows_an_agency_by_whoever_heads_it(register):
    agency = register().agencies["sonv"]
    assert agency.trust.people == ("p1", "p2")
    assert replace(agency.trust, head=None).people == ("p2",)
