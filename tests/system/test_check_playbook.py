"""What operators run before a live site: the harmless checks from outside (tests/blackbox)."""


def test_a_site_that_is_well_passes_and_one_that_is_not_fails_with_what_is_wrong(operator, stopped):
    done = operator("check")
    assert done.returncode == 0, done.stdout
    assert "HỎNG / FAIL: 0" in done.stdout
    assert "A6   đạt / pass" in done.stdout
    with stopped("nginx.service"):
        failed = operator("check")
    assert failed.returncode != 0
    said = " ".join(failed.stdout.split())
    assert "G5 HỎNG / FAIL" in said
    assert "closed: https" in said
