"""G7: what Roundcube has written to the journal after all the other tests (this file is the last in the folder's order)."""

import re

# What the tests themselves provoke: a wrong password, and a style sheet that is not to be fetched.
PROVOKED = re.compile(r"Login failed for |Action disabled .*_action=modcss")


def test_roundcube_has_no_error_that_the_tests_did_not_provoke(said_by_roundcube):
    said = said_by_roundcube()
    assert any("queued as" in line for line in said)
    assert [
        line for line in said if re.search("error|warning", line, re.IGNORECASE) and not PROVOKED.search(line)
    ] == []
