"""The module directory_tree: the hashes of service accounts' passwords. What it does with a directory is in tests/change."""

import pytest

from ansible_collections.thucongvu.mail.plugins.modules.directory_tree import ssha, ssha_matches

PASSWORD = "q7Zt0LrB4mXw9KcVy2HsNd5PfJg8TaEu"
# printf 'thu\001\002\003\004' | openssl sha1 -binary, the salt behind it, in Base64.
SSHA_OF_THU = "8CSAt0enTPfYEREbgPaY+uyaHdoBAgME"


def test_an_ssha_hash_is_of_its_password_alone():
    assert ssha("thu", b"\x01\x02\x03\x04") == "{SSHA}" + SSHA_OF_THU
    stored = ssha(PASSWORD, b"0123456789abcdef")
    assert ssha_matches(stored, PASSWORD)
    assert not ssha_matches(stored, PASSWORD + "x")
    assert ssha(PASSWORD, b"another salt") != stored


@pytest.mark.parametrize(
    "stored", ["", PASSWORD, "{ARGON2}$argon2id$v=19$x", "{SSHA}", "{SSHA}!!!", "{SSHA}é", "{SSHA}A", "{ssha}AAAA"]
)
def test_what_is_no_ssha_hash_matches_nothing(stored):
    assert not ssha_matches(stored, PASSWORD)
