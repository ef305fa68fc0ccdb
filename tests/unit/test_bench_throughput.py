"""The benchmark of the whole chain: what its table says of figures, and that no refusal passes for speed."""

import socket

import pytest

from tcv import bench_throughput as bench
from tcv.messages import Trouble

SPENT = {"postfix": 5.0, "dovecot": 6.0}


def figures(whole, floor):
    """Figures in which every way delivers 50 a second, but for two."""
    ways = {way: {"accepted": [50.0] * 3, "delivered": [50.0] * 3, "spent": [SPENT] * 3} for way in bench.WAYS}
    ways["whole"]["delivered"] = [whole, whole / 2, whole * 2]
    ways["floor"]["delivered"] = [floor] * 3
    sizes = dict.fromkeys(bench.UNITS, 2**20)
    memory = dict.fromkeys(("idle", "load", "signatures", "reload"), sizes)
    return {"ways": ways, "half_load": {"pace": 25.0, "seconds": {"p95": 0.5}}, "memory": memory}


def test_the_table_has_a_row_for_every_way_with_its_cost():
    rows = list(bench.table(figures(80.0, 100.0)))
    found = {way: next(row for row in rows if bench.text("bench", f"way-{way}") in row) for way in bench.WAYS}
    assert found["whole"].split()[:4] == ["50", "80", "11.0", "80%"]
    assert found["no-sieve"].split()[3] == "62%"
    assert found["no-submission-policy"].split()[3] == "100%"


@pytest.mark.parametrize(
    ("whole", "floor", "met"),
    [(100.0, 125.0, [True, True]), (99.0, 125.0, [False, False]), (80.0, 100.0, [True, False])],
)
def test_each_aim_is_met_or_missed(whole, floor, met):
    rows = [row for row in bench.table(figures(whole, floor)) if "≥" in row]
    assert [bench.text("bench", "met") in row for row in rows] == met


def test_a_refusal_ends_the_measurement():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"250-PIPELINING\r\n250 SIZE\r\n")
        bench.answer(ours, b"250")
        theirs.sendall(b"451 4.7.1 later\r\n")
        with pytest.raises(Trouble, match="later"):
            bench.answer(ours, b"250")


def test_no_message_is_like_another():
    texts = bench.Texts()
    messages = {texts.message("a@outside.example", "b@cantho.gov.vn") for _ in range(20)}
    assert len(messages) == 20
    assert all(bench.BYTES <= len(message) < bench.BYTES + 500 for message in messages)
