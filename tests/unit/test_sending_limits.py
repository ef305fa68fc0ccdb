"""How much a mailbox may send in a length of time (CT-8, NB), and the alerts about who sends more."""

import json

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.sending_limits import Counter, Limit, Limits
from ansible_collections.thucongvu.mail.plugins.module_utils.submission_alerts import Alert, leave, read


@pytest.mark.parametrize(
    ("regulation", "kind", "agency_kind", "wanted"),
    [
        ("cantho", "person", "department", "500/3600 250/600"),
        ("cantho", "unit", "department", "2000/3600 500/3600"),
        ("cantho", "agency", "department", "5000/3600 1000/3600"),
        ("ninhbinh", "person", "commune", "500/3600 250/600"),
    ],
)
def test_a_class_may_send_what_its_regulation_says(regulations, regulation, kind, agency_kind, wanted):
    limits = regulations[regulation].sending(kind, agency_kind)
    assert str(limits) == wanted
    assert Limits.parse(wanted) == limits


def test_ninh_binh_locks_at_the_first_message_too_many(regulations):
    assert regulations["ninhbinh"].values["lock.on_sending_excess"].value is True


@pytest.mark.parametrize("text", ["- -", "5/60 -", "- 1/1"])
def test_what_the_directory_keeps_is_read_again(text):
    assert str(Limits.parse(text)) == text


@pytest.mark.parametrize("text", ["", "5/60", "5 6", "a/b -", "1/1 1/1 1/1"])
def test_another_form_is_none(text):
    with pytest.raises((ValueError, TypeError)):
        Limits.parse(text)


def test_the_window_slides_and_each_has_their_own():
    now = 1000.0
    counter = Counter(lambda: now)
    limit = Limit(2, 60)
    assert [counter.take("a", limit) for _ in range(3)] == [True, True, False]
    assert counter.take("b", limit)
    now += 60
    assert counter.take("a", limit)
    counter.give_back("a")
    assert [counter.take("a", limit) for _ in range(3)] == [True, True, False]
    now += 100
    counter.forget(60)
    assert counter._moments == {}


def test_what_was_not_sent_is_given_back():
    counter, limit = Counter(lambda: 0.0), Limit(1, 60)
    assert counter.take("a", limit)
    counter.give_back("a")
    counter.give_back("a")
    assert [counter.take("a", limit), counter.take("a", limit)] == [True, False]


def test_an_alert_is_there_as_a_whole_or_not_at_all(tmp_path):
    alert = Alert("locked", ("hotro@a.vn", "sonv@a.vn"), {"account": "b@a.vn", "number": 3})
    leave(tmp_path, alert)
    (file,) = tmp_path.glob("*")
    assert file.suffix == ".json"
    assert read(file) == alert
    file.write_text(json.dumps({"kind": "another"}))
    with pytest.raises(ValueError, match="no alert"):
        read(file)
