"""Invented Vietnamese names that clash as real ones do: few family names, few given names, and Văn and Thị between.

The shares are rounded from published counts: about two of five people are called Nguyễn, and ten family names have nine
of ten. The same seed gives the same names.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import accumulate

FAMILY_SHARES = {
    "Nguyễn": 38.4,
    "Trần": 11.0,
    "Lê": 9.5,
    "Phạm": 7.0,
    "Hoàng": 2.9,
    "Huỳnh": 2.2,
    "Phan": 4.5,
    "Vũ": 2.1,
    "Võ": 1.8,
    "Đặng": 2.1,
    "Bùi": 2.0,
    "Đỗ": 1.4,
    "Hồ": 1.3,
    "Ngô": 1.3,
    "Dương": 1.0,
    "Lý": 0.5,
}
# What the names above leave is shared evenly by these.
OTHER_FAMILIES = (
    "Đinh Đoàn Trương Lâm Mai Trịnh Đào Cao Lương Tạ Châu Tô Hà Quách Thạch Danh Kim Nông Triệu Bế Lục Sầm Đàm Ma Chu La Thái "
    "Tăng Phùng Kiều Nghiêm Vương Từ Lưu Tống Khổng Doãn Sơn Giang Ninh Mã Lò Vi Quàng Giàng Sùng Ksor Siu Niê"
).split()
TWO_SYLLABLE_FAMILIES = ("Âu Dương", "Tôn Thất", "Tôn Nữ", "Rơ Châm")

# In order of how common they are.
MEN_BETWEEN = (
    "Văn Hữu Đức Minh Quang Thanh Hoàng Ngọc Quốc Công Xuân Tuấn Đình Trọng Anh Duy Thành Việt Trung Bá Hồng Huy Thế Tấn Viết "
    "Đăng Gia Nhật Phước Chí Khắc Mạnh Hải Trường Bảo Vĩnh Tiến Thái Phú Kim"
).split()
WOMEN_BETWEEN = (
    "Thị Ngọc Thanh Kim Thu Hồng Bích Minh Thùy Mỹ Phương Quỳnh Tuyết Hoàng Diệu Cẩm Bảo Khánh Mai Xuân Như Ánh Lan Hoài Thảo "
    "Yến Trúc Vân Thúy Tường"
).split()
MEN_GIVEN = (
    "Hùng Dũng Tuấn Minh Hải Sơn Thành Nam Cường Long Hiếu Đức Trung Huy Hoàng Phong Bình Quang Tâm Phúc Khánh Thắng Kiên Anh "
    "Toàn Tùng Việt Lâm Tài Hòa Nghĩa Vinh Đạt Phương Khoa Dương Quân Thịnh Lộc Hưng Duy Thái Tân An Nhân Trọng Vũ Hậu Thanh "
    "Tiến Mạnh Chiến Khang Đông Giang Hà Linh Công Thuận Tú Tín Lợi Bảo Trí Hiệp Quý Hào Luân Kỳ Châu Danh Sang Thọ Chương Bắc "
    "Ngọc Hạnh Tường Triều Lực Định Nhật Cảnh Vương Sáng Phát Phước Luật Biên Xuân Lương Chung Thiện Đăng Khôi Đệ Út Mẫn Khiêm"
).split()
WOMEN_GIVEN = (
    "Hương Lan Hoa Hà Hằng Thảo Linh Trang Thủy Hạnh Nga Mai Phương Ngọc Thu Yến Hiền Loan Dung Oanh Vân Anh Nhung Huyền Trinh "
    "Tuyết Liên Hồng Tâm Thúy Bích Nguyệt Giang My Ngân Quyên Thanh Thơm Lý Chi Trâm Châu Diễm Nhi Như Duyên Uyên Xuân Hòa Bình "
    "Minh Đào Kiều Vy Diệp Tiên Trúc Quỳnh Hậu Thùy Lệ Sương Thư Phượng Ánh Hảo Nhàn Tươi Hoài Mỹ Nữ Cúc Thắm Huệ Khánh An Hân "
    "Lành Dịu Ái Thoa Mơ Lụa Na Út Đông Gấm Vui Ly Ninh Khuyên Thương Mẫn Sen Thoan Phúc Cẩm Lài Viên Tư Sáu"
).split()

# Văn and Thị stand in one of four names, far more often than what follows them.
VAN_OR_THI = 0.27
# How many syllables stand between family and given name: none, one, two, three.
BETWEEN_SHARES = (0.06, 0.705, 0.225, 0.01)
BATCH = 4096


def _falling(number: int, first: float = 0.0) -> list[float]:
    """Cumulative shares that fall as ranks rise, as those of names do; the first may have a share of its own."""
    shares = [1 / (rank + 6) for rank in range(number)]
    if first:
        shares[0] = first / (1 - first) * sum(shares[1:])
    return list(accumulate(shares))


def _families() -> tuple[list[str], list[float]]:
    """Family names with their cumulative shares."""
    rest = 100 - sum(FAMILY_SHARES.values())
    others = dict.fromkeys(OTHER_FAMILIES, (rest - 0.2) / len(OTHER_FAMILIES))
    rare = dict.fromkeys(TWO_SYLLABLE_FAMILIES, 0.2 / len(TWO_SYLLABLE_FAMILIES))
    shares = {**FAMILY_SHARES, **others, **rare}
    return list(shares), list(accumulate(shares.values()))


def names(seed: int) -> Iterator[str]:
    """Names without end: family, what stands between, given."""
    chance = random.Random(seed)  # noqa: S311  # the same names each time, and nothing secret
    families, family_shares = _families()
    between_shares = list(accumulate(BETWEEN_SHARES))

    def drawn(values: Sequence[str], shares: Sequence[float]) -> list[str]:
        return chance.choices(values, cum_weights=shares, k=BATCH)

    while True:
        of_kind = [
            list(
                zip(
                    drawn(between, _falling(len(between), VAN_OR_THI)),
                    drawn(between[1:], _falling(len(between) - 1)),
                    drawn(given, _falling(len(given))),
                    strict=True,
                )
            )
            for between, given in ((MEN_BETWEEN, MEN_GIVEN), (WOMEN_BETWEEN, WOMEN_GIVEN))
        ]
        family = drawn(families, family_shares)
        mother = drawn(families, family_shares)
        number = chance.choices(range(len(BETWEEN_SHARES)), cum_weights=between_shares, k=BATCH)
        woman = chance.choices((0, 1), k=BATCH)
        for index in range(BATCH):
            first, second, given = of_kind[woman[index]][index]
            between = ((), (first,), (first, second), (mother[index], first, second))[number[index]]
            yield " ".join((family[index], *between, given))
