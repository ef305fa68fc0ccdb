"""What is refused while the sender waits: relaying, others' addresses, unknown recipients, wrong passwords (CT-8)."""

import base64
import imaplib
import smtplib
import uuid

import pytest

from tcv import mailbox


@pytest.mark.parametrize(
    "recipient",
    [
        "ai.do@elsewhere.example",
        "ai.do%elsewhere.example@{domain}",
        "@{domain}:ai.do@elsewhere.example",
        '"ai.do@elsewhere.example"@{domain}',
    ],
)
def test_an_outsider_cannot_relay(site, host, recipient):
    addresses = host.check_output("hostname -I").split()
    assert site.address in addresses
    for address in addresses:  # IPv4, and IPv6 where the test network has it
        with site.outside(address) as session:
            assert session.mail("hoi.dan@outside.example")[0] == 250
            code, said = session.rcpt(recipient.format(domain=site.domain))
        assert 500 <= code < 600, (address, said)


def test_an_outsider_cannot_relay_in_the_domains_own_name(site, sender):
    with site.outside() as session:
        session.mail(sender["address"])
        code, said = session.rcpt("ai.do@elsewhere.example")
    assert 500 <= code < 600, said


@pytest.mark.parametrize("port", ["submission", "submissions"])
def test_the_sender_is_an_address_of_the_account(site, sender, recipient, port):
    with site.submission(sender, port) as session:
        session.mail(recipient["address"])
        code, said = session.rcpt(recipient["address"])
    assert code == 553, said


def test_an_agencys_address_is_not_its_peoples(site, sender):
    """But for those to whom it is given."""
    given = {address for one in site.facts["delegations"] for address in (one["head"], *one["delegates"])}
    person = next(
        account
        for account in site.facts["accounts"]
        if account["kind"] == "person" and account["state"] == "ready" and account["address"] not in given
    )
    with site.submission(person) as session:
        session.mail(site.account("agency")["address"])
        code, said = session.rcpt(sender["address"])
    assert code == 553, said


def test_a_foreign_sender_is_refused_on_submission(site, sender, recipient):
    with site.submission(sender) as session:
        session.mail("ai.do@elsewhere.example")
        code, said = session.rcpt(recipient["address"])
    assert code == 553, said


def test_submission_wants_a_sign_in(site, sender, recipient):
    with mailbox.Submission(site.service("submission")) as session:
        session.starttls(context=site.context)
        session.ehlo("test.example")
        session.mail(sender["address"])
        code, said = session.rcpt(recipient["address"])
    assert 500 <= code < 600, said


def test_an_unknown_recipient_is_refused_at_rcpt(site, sender):
    unknown = f"khong.co.ai@{site.domain}"
    with site.outside() as session:
        session.mail("hoi.dan@outside.example")
        assert session.rcpt(unknown)[0] == 550
        assert session.rcpt(sender["address"])[0] == 250
    with site.submission(sender) as session:
        session.mail(sender["address"])
        assert session.rcpt(unknown)[0] == 550


@pytest.mark.parametrize("forged", ["{own}", "giam.doc@forged.example"])
def test_mail_that_its_domain_does_not_vouch_for_is_refused(site, host, sender, recipient, forged):
    """Another domain's by its published DMARC policy; ours, which is always signed, whatever is published."""
    message = site.message(forged.format(own=sender["address"]), recipient["address"])
    with pytest.raises(smtplib.SMTPDataError) as refused, site.outside() as session:
        session.send_message(message)
    assert refused.value.smtp_code == 554
    assert b"mao danh" in refused.value.smtp_error
    verdict = host.check_output("journalctl --unit rspamd --grep %s --output cat", message["Message-ID"].strip("<>"))
    assert ("SENDER_UNPROVEN" if "own" in forged else "DMARC_POLICY_REJECT") in verdict


def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(site, sender):
    answers = []
    for address in (sender["address"], f"khong.co.ai@{site.domain}"):
        with (
            pytest.raises(smtplib.SMTPAuthenticationError) as refused,
            site.submission({"address": address, "password": "Sai#1234"}),
        ):
            pass
        answers.append((refused.value.smtp_code, refused.value.smtp_error))
        with pytest.raises(imaplib.IMAP4.error) as denied:
            site.imap({"address": address, "password": "Sai#1234"})
        answers.append(str(denied.value))
    assert answers[:2] == answers[2:]


@pytest.mark.parametrize("command", ["VRFY", "EXPN"])
def test_no_name_is_confirmed(site, sender, command):
    with site.outside() as session:
        code, said = session.docmd(command, sender["address"])
    assert code >= 500 or code == 252, said
    assert sender["name"].encode() not in said


def test_a_message_over_the_limit_is_refused_when_declared(site, sender):
    with site.submission(sender) as session:
        limit = int(session.esmtp_features["size"])
        code, said = session.mail(sender["address"], [f"SIZE={limit + 1}"])
    assert code == 552, said


def test_a_message_over_the_limit_is_refused_when_sent(site, sender, recipient):
    with site.submission(sender) as session:
        limit = int(session.esmtp_features["size"])
        session.mail(sender["address"])
        session.rcpt(recipient["address"])
        # Without a declared size; the server reads to the end and keeps nothing.
        code, said = session.data(b"Subject: lon\r\n\r\n" + b"x" * 70 + (b"\r\n" + b"x" * 70) * (limit // 72 + 1))
    assert code == 552, said


def test_one_message_cannot_hide_another(site, recipient):
    """SMTP smuggling: an end of data that is none leaves one message, or the session is refused."""
    body = "Subject: mot\r\nFrom: a@outside.example\r\nMessage-ID: {id}\r\n\r\nx{end}MAIL FROM:<b@outside.example>\r\n"
    body += f"RCPT TO:<{recipient['address']}>\r\nDATA\r\nSubject: hai\r\nMessage-ID: <smuggled-{{number}}@outside.example>\r\n\r\ny"
    for number, end in enumerate(["\n.\r\n", "\r\n.\n", "\n.\n", "\r.\r"]):
        with site.outside() as session:
            session.mail("a@outside.example")
            session.rcpt(recipient["address"])
            session.docmd("DATA")
            text = body.format(id=f"<outer-{number}@outside.example>", end=end, number=number)
            session.send(text.encode() + b"\r\n.\r\n")
            try:
                session.getreply()
            except smtplib.SMTPServerDisconnected:
                continue
            session.close()
    with site.imap(recipient) as session:
        session.select("INBOX", readonly=True)
        _, found = session.search(None, "SUBJECT", "hai", "FROM", "b@outside.example")
    assert found[0] == b""


def test_a_signed_in_person_has_a_sender(site, sender, recipient):
    """An empty sender would carry any name in From past the check of who owns it."""
    with site.submission(sender) as session:
        session.mail("")
        code, said = session.rcpt(recipient["address"])
    assert code == 553, said


def test_what_cannot_be_delivered_as_utf8_is_refused_and_not_bounced(site, sender):
    with site.submission(sender) as session:
        assert "smtputf8" not in session.esmtp_features


# A name that claims something: the directory's takes its place (CT-4.2đ).
FORGED_NAMES = {
    "another's address as the name": 'From: "{other}" <{own}>',
    "the name in code": "From: =?utf-8?B?{coded}?= <{own}>",
    "a comment": "From: {own} ({other})",
    "spaces within": 'From: "{spaced}" <{own}>',
    "a code without its end": "From: =?utf-8?Q?{quoted}=?= <{own}>",
}
FORGED_SENDERS = {
    "another's address": ["From: {other}"],
    "two addresses": ["From: {own}, {other}"],
    "two headers": ["From: {own}", "From: {other}"],
    "the name without quotes": ["From: {other} <{own}>"],
    "a sender beside": ["From: {own}", "Sender: {other}"],
    "only a sender": ["Sender: {own}"],
    "a group": ["From: Sở Nội vụ: {other};"],
    "a space before a dot": ["From: {loose}; <{own}>"],
    "a comment before a dot": ["From: {commented} <{own}>"],
    "a letter that looks like @": ['From: "{alike}" <{own}>'],
    "sent again by another": ["From: {own}", "Resent-From: {other}"],
    "more than anybody reads": ["From: {own}", "Sender: {long}"],
}


def forms_of(own, other):
    """Two addresses as they stand, and the other one in disguises."""
    return {
        "own": own,
        "other": other,
        "coded": base64.b64encode(other.encode()).decode(),
        "quoted": other.replace("@", "=40"),
        "spaced": other.replace("@", " @ "),
        "loose": other.replace(".", " .", 1),
        "commented": other.replace(".", "(x).", 1),
        "alike": other.replace("@", "\uff20"),
        "long": "a" * 100_000,
    }


@pytest.mark.parametrize("form", FORGED_NAMES)
def test_c5_a_name_that_claims_to_be_another_is_not_what_the_reader_sees(site, sender, recipient, form):
    own, other = sender["address"], recipient["address"]
    message = site.message(own, other)
    raw = bytes(message).replace(f"From: {own}".encode(), FORGED_NAMES[form].format(**forms_of(own, other)).encode())
    with site.submission(sender) as session:
        session.sendmail(own, [other], raw)
    arrived = site.arrives(recipient, message)
    assert arrived is not None
    assert len(arrived.get_all("From")) == 1
    assert other not in arrived["From"]
    assert sender["name"].split()[0] in arrived["From"]
    assert [address.addr_spec for address in arrived["From"].addresses] == [own]


@pytest.mark.parametrize("form", FORGED_SENDERS)
def test_nobody_writes_in_anothers_name(site, sender, recipient, form):
    """CT-8: a reader sees the header, and our signature would vouch for it."""
    own, other = sender["address"], recipient["address"]
    heads = [line.format(**forms_of(own, other)) for line in FORGED_SENDERS[form]]
    text = "\r\n".join([*heads, f"To: {other}", "Subject: Gia mao", "", "x", ""])
    with site.submission(sender) as session, pytest.raises(smtplib.SMTPDataError) as refused:
        session.sendmail(own, [other], text.encode())
    assert refused.value.smtp_code == 554
    assert b"nguoi gui" in refused.value.smtp_error.lower()


@pytest.mark.parametrize(
    "shown",
    ["{own}", "Phòng A @ Sở B <{own}>", '"{own}" <{own}>', "'{own}' <{own}>", "<{capital}>", "{own} (Văn phòng)"],
)
def test_the_own_name_is_free(site, sender, recipient, shown):
    message = site.message(sender["address"], recipient["address"])
    own = sender["address"]
    message.replace_header("From", shown.format(own=own, capital=own.capitalize()))
    with site.submission(sender) as session:
        session.send_message(message, from_addr=own)


def test_the_own_address_with_a_detail_is_own(site, sender, recipient):
    detailed = sender["address"].replace("@", "+du-an@")
    message = site.message(detailed, recipient["address"])
    with site.submission(sender) as session:
        session.send_message(message)
    assert site.arrives(recipient, message) is not None


@pytest.mark.parametrize(
    "heads",
    [
        ["From: {own}"],
        ["From: {loose}"],
        ["From: {loose} <ai.do@outside.example>"],
        ["From: {spaced}"],
        ["From: x:{own};"],
        ['From: "{own}" <ai.do@outside.example>'],
        ["From: ai.do@outside.example", "Sender: {own}"],
        ["From: ai.do@outside.example, {own}"],
        ["From: ai.do@outside.example", "From: {own}"],
        ["Sender: {own}"],
        ["X-Priority: 3"],
    ],
)
def test_an_outsider_shows_no_address_of_ours(site, sender, recipient, heads):
    """All mail of the domain is signed here: without our signature it is somebody else's, whatever DMARC makes of its From."""
    own = sender["address"]
    forms = {"own": own, "loose": own.replace(".", " .", 1), "spaced": own.replace("@", " @ ")}
    lines = [line.format(**forms) for line in heads]
    text = "\r\n".join([*lines, f"To: {recipient['address']}", "Subject: Mao danh", "", "x", ""])
    with site.outside() as session, pytest.raises(smtplib.SMTPDataError) as refused:
        session.sendmail("ai.do@outside.example", [recipient["address"]], text.encode())
    assert refused.value.smtp_code == 554


def test_our_own_signed_mail_may_come_back_from_outside(site, sender, recipient):
    """A colleague's outside mailbox forwards what we sent it."""
    message = site.message(sender["address"], recipient["address"], "Chuyển tiếp")
    with site.submission(sender) as session:
        session.send_message(message)
    signed = site.arrives(recipient, message)
    assert signed is not None
    with site.imap(recipient) as session:
        session.select("INBOX")
        _, found = session.search(None, "HEADER", "Message-ID", f'"{message["Message-ID"]}"')
        _, data = session.fetch(found[0].split()[0].decode(), "(BODY.PEEK[])")
        session.store(found[0].split()[0].decode(), "+FLAGS", "\\Deleted")
        session.expunge()
    with site.outside() as session:
        session.sendmail("hop.thu@outside.example", [recipient["address"]], data[0][1])
    assert site.arrives(recipient, message) is not None


def test_a_name_with_a_space_before_it_is_nobodys(site, sender):
    """The directory would find somebody, Dovecot nobody: a bounce."""
    name = sender["address"].split("@")[0]
    with site.outside() as session:
        session.mail("hoi.dan@outside.example")
        code, said = session.rcpt(f'" {name}"@{site.domain}')
    assert code == 550, said


def test_the_address_of_undeliverable_bounces_makes_no_bounce(site, host, eventually):
    """Postfix takes it from everybody."""
    asker = f"x{uuid.uuid4().hex}@outside.example"
    with site.outside() as session:
        session.send_message(site.message(asker, f"double-bounce@{site.domain}"))
    journal = f"journalctl --unit postfix --output cat --grep {asker}"
    assert eventually(lambda: "queue active" in host.run(journal).stdout)
    number = host.check_output(journal).split("from=<")[0].split()[-1]
    assert eventually(
        lambda: f"{number} removed" in host.run(f"journalctl --unit postfix --output cat --grep {number}").stdout
    )
    assert asker not in host.check_output("postqueue -j")


def test_one_who_mistypes_keeps_nobody_waiting(site, sender, recipient):
    """A whole office, or all of the webmail, has one address."""
    for _ in range(5):
        with pytest.raises(imaplib.IMAP4.error):
            site.imap({"address": recipient["address"], "password": "Sai#1234"})
    with site.submission(sender) as session:
        assert session.noop()[0] == 250
