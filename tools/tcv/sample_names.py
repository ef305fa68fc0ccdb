"""Invented Vietnamese names that clash as real ones do: few family names, few given names, and Văn and Thị between.

The same seed gives the same names.
"""

import random
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).with_suffix(".yml")
TWO_SYLLABLE_SHARE = 0.2
# Văn and Thị, the first of their lists, stand in one of four names, far more often than what follows them.
VAN_OR_THI = 0.27
# How many syllables stand between family and given name: none, one, two, three.
BETWEEN_SHARES = (0.06, 0.705, 0.225, 0.01)
BATCH = 4096


@cache
def data() -> dict[str, Any]:
    """The lists of names and places."""
    loaded: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return loaded


def _falling(number: int, first: float = 0.0) -> list[float]:
    """Cumulative shares that fall as ranks rise, as those of names do; the first may have a share of its own."""
    shares = [1 / (rank + 6) for rank in range(number)]
    if first:
        shares[0] = first / (1 - first) * sum(shares[1:])
    return list(accumulate(shares))


def _families() -> tuple[list[str], list[float]]:
    """Family names with their cumulative shares."""
    shares: dict[str, float] = dict(data()["family_shares"])
    left = 100 - sum(shares.values())
    groups = (("two_syllable_families", TWO_SYLLABLE_SHARE), ("other_families", left - TWO_SYLLABLE_SHARE))
    for group, share in groups:
        names_of_group = data()[group]
        shares |= dict.fromkeys(names_of_group, share / len(names_of_group))
    return list(shares), list(accumulate(shares.values()))


def names(seed: int) -> Iterator[str]:
    """Names without end: family, what stands between, given."""
    chance = random.Random(seed)  # noqa: S311  # the same names each time, and nothing secret
    families, family_shares = _families()
    between_shares = list(accumulate(BETWEEN_SHARES))

    def drawn(values: Sequence[str], shares: Sequence[float]) -> list[str]:
        return chance.choices(values, cum_weights=shares, k=BATCH)

    def between_and_given(lists: dict[str, list[str]]) -> list[tuple[str, str, str]]:
        between, given = lists["between"], lists["given"]
        return list(
            zip(
                drawn(between, _falling(len(between), VAN_OR_THI)),
                drawn(between[1:], _falling(len(between) - 1)),
                drawn(given, _falling(len(given))),
                strict=True,
            )
        )

    while True:
        of_kind = [between_and_given(data()[kind]) for kind in ("men", "women")]
        family = drawn(families, family_shares)
        mother = drawn(families, family_shares)
        number = chance.choices(range(len(BETWEEN_SHARES)), cum_weights=between_shares, k=BATCH)
        kind = chance.choices((0, 1), k=BATCH)
        for index in range(BATCH):
            first, second, given = of_kind[kind[index]][index]
            between = ((), (first,), (first, second), (mother[index], first, second))[number[index]]
            yield " ".join((family[index], *between, given))
