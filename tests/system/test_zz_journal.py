"""G7: the journal after all the other tests but those that kill daemons (this file comes so late in the folder's order)."""

import re

# What the tests themselves provoke: they stop the scanner, the filter, the directory and Dovecot, and hand in mail as nobody.
PROVOKED = [
    re.compile(r"dovecot.*: auth(-worker\(\d+\))?: Error: ldap\(.*LDAP server"),
    re.compile(r"dovecot.*: quota-status\(\d+\): Error: Failed to lookup user"),
    re.compile(r"dovecot.*: auth: Error: conn unix:anvil-auth-penalty: .*Connection refused"),
    re.compile(r"rspamd.*(clamav|CLAM_VIRUS|clamd)"),
    re.compile(r"sendmail.*fatal: User nobody\(\d+\) is not allowed to submit mail"),
]


def test_nothing_went_wrong_that_the_tests_did_not_provoke(host, since):
    said = host.check_output("journalctl --priority err --since %s --no-pager --output short-iso", since)
    lines = [
        line
        for line in said.splitlines()
        if line and not line.startswith("-- ") and not any(p.search(line) for p in PROVOKED)
    ]
    assert lines == []


def whole(host):
    """The whole journal; journald cuts endless lines in pieces, in the middle of a letter too."""
    done = host.run("journalctl --no-pager --output cat")
    assert done.succeeded, done.stderr
    return done.stdout_bytes.decode(errors="replace")


def test_no_password_is_in_the_journal(host, site):
    said = whole(host)
    assert len(said) > 1000
    for account in site.facts["accounts"]:
        assert account["password"] not in said


def test_no_service_secret_is_in_the_journal(host):
    """The whole journal, from the first deployment on: passwords, and each line of the keys."""
    secrets = set()
    for name in ("/etc/valkey/valkey.conf", "/etc/postfix/ldap-senders.cf", "/etc/dovecot/ldap-password.conf"):
        lines = host.file(name).content_string.splitlines()
        secrets |= {
            line.split()[-1]
            for line in lines
            if line.startswith(("requirepass ", "bind_pw ", "ldap_auth_dn_password "))
        }
    for name in ("/etc/thucongvu/tls/key.pem", *host.check_output("ls /etc/rspamd/dkim/*.key").split()):
        secrets |= {
            line for line in host.file(name).content_string.splitlines() if len(line) > 30 and "-----" not in line
        }
    assert len(secrets) > 10
    journal = whole(host)
    assert [secret[:8] + "…" for secret in secrets if secret in journal] == []
