"""CT-11.5: mailing lists, to which only an agency's mailbox writes, and whom its head has authorised; CT-4.2đ: names in From."""

import smtplib
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest


@pytest.fixture(scope="module")
def people(site):
    return {account["address"]: account for account in site.facts["accounts"]}


@pytest.fixture(scope="module")
def agency_list(site, people):
    """An agency's list with a poster, and its members who are ready."""
    found = next(one for one in site.facts["lists"] if len(one["may_post"]) == 2 and "@" in one["members"][0])
    members = [people[address] for address in found["members"] if people[address]["state"] == "ready"]
    agency, poster = (people[address] for address in found["may_post"])
    stranger = next(member for member in members if member is not poster)
    return {"address": found["address"], "agency": agency, "poster": poster, "members": members, "stranger": stranger}


def refused(send):
    """The code with which a message is refused."""
    with pytest.raises(smtplib.SMTPException) as caught:
        send()
    error = caught.value
    return (
        error.smtp_code
        if isinstance(error, smtplib.SMTPResponseException)
        else next(iter(error.recipients.values()))[0]
    )


@pytest.mark.parametrize("who", ["agency", "poster"])
def test_f7_whoever_may_writes_to_the_list_and_each_member_has_it_once(site, agency_list, who):
    sender = agency_list[who]
    message = site.message(sender["address"], agency_list["address"], "Thông báo nội bộ")
    with site.submission(sender) as session:
        session.send_message(message)
    for member in (agency_list["members"][0], agency_list["members"][-1]):
        assert site.arrives(member, message) is not None
        with site.imap(member) as session:
            session.select("INBOX", readonly=True)
            _, found = session.search(None, "HEADER", "Message-ID", f'"{message["Message-ID"]}"')
            assert len(found[0].split()) == 1


def test_a_delegate_writes_to_it_in_the_agencys_name_alone(site, agency_list):
    """Who has the mailbox posts as the mailbox; in their own name only whom the head has authorised."""
    agency = agency_list["agency"]["address"]
    given = next(one for one in site.facts["delegations"] if one["mailbox"] == agency)
    head = next(one for one in site.facts["accounts"] if one["address"] == given["head"])
    with site.submission(head) as session:
        session.send_message(site.message(agency, agency_list["address"], "Thay mặt cơ quan"))
        own = site.message(head["address"], agency_list["address"])
        assert refused(lambda: session.send_message(own)) == 550


def test_f7_a_member_does_not_write_to_it(site, agency_list):
    stranger = agency_list["stranger"]
    with site.submission(stranger) as session:
        message = site.message(stranger["address"], agency_list["address"])
        assert refused(lambda: session.send_message(message)) == 550
        detail = agency_list["address"].replace("@", "+x@")
        assert refused(lambda: session.sendmail(stranger["address"], [detail.upper()], bytes(message))) == 550


def test_f7_nobody_writes_to_it_from_outside_whomever_they_forge(site, agency_list):
    with site.outside() as session:
        for sender in ("hoi.dan@outside.example", agency_list["agency"]["address"], agency_list["poster"]["address"]):
            message = site.message(sender, agency_list["address"])
            assert refused(lambda message=message: session.send_message(message)) == 550
            session.rset()


def test_a_rule_that_passes_mail_on_does_not_reach_it(site, host, agency_list, sieve_of, eventually):
    """Also not where the one whose rule it is may write to it: the author of what is passed on may not, and learns so."""
    poster, author = agency_list["poster"], agency_list["stranger"]
    message = site.message(author["address"], poster["address"], "Chuyển tiếp")

    def told():
        with site.imap(author) as session:
            session.select("INBOX", readonly=True)
            _, found = session.search(None, "FROM", "MAILER-DAEMON", "BODY", f'"{message["Message-ID"]}"')
            return found[0] != b""

    with sieve_of(poster, f'redirect "{agency_list["address"]}";'):
        with site.submission(author) as session:
            session.send_message(message)
        assert eventually(told)
    assert agency_list["address"] not in host.check_output("postqueue -j")
    for member in agency_list["members"]:
        if member is not poster:
            with site.imap(member) as session:
                session.select("INBOX", readonly=True)
                _, found = session.search(None, "HEADER", "Message-ID", f'"{message["Message-ID"]}"')
                assert found[0] == b""


def test_a_list_of_lists_reaches_the_people_of_each(site, people):
    nested = next(
        one
        for one in site.facts["lists"]
        if any(one["members"][0] == other["address"] for other in site.facts["lists"])
    )
    owner = people[nested["may_post"][0]]
    by_address = {one["address"]: one["members"] for one in site.facts["lists"]}
    inner = next(address for address in nested["members"] if all(member in people for member in by_address[address]))
    member = next(people[one] for one in by_address[inner] if people[one]["state"] == "ready")
    message = site.message(owner["address"], nested["address"], "Gửi toàn thành phố")
    with site.submission(owner) as session:
        session.send_message(message)
    assert site.arrives(member, message) is not None


def test_the_directory_says_to_everybody_who_is_in_a_list_and_who_writes_to_it(site, agency_list, ldap_as):
    with ldap_as(agency_list["stranger"]) as connection:
        query = f"(&(objectClass=tcvMailingList)(mail={agency_list['address']}))"
        assert connection.search(f"ou=lists,{site.base_dn}", query, attributes=["member", "owner", "tcvMayPost"])
        (entry,) = connection.entries
        assert agency_list["stranger"]["dn"] in entry.member.values
        assert entry.owner.values == [agency_list["agency"]["dn"]]
        assert set(entry.tcvMayPost.values) == {agency_list["agency"]["dn"], agency_list["poster"]["dn"]}


@pytest.mark.parametrize(
    "written",
    [
        "{address}",
        "Chu tich UBND thanh pho <{address}>",
        "=?utf-8?q?Ch=E1=BB=A7_t=E1=BB=8Bch?= <{address}>",
        '"{other}" <{address}>',
        "{address} ({other})",
    ],
    ids=["no name", "another's name", "encoded", "another's address", "comment"],
)
def test_ct_4_2dd_the_name_in_from_is_the_directorys_whatever_a_program_sends(site, sender, recipient, written):
    message = site.message(sender["address"], recipient["address"], "Tên người gửi")
    raw = bytes(message).replace(
        f"From: {sender['address']}".encode(),
        f"From: {written.format(address=sender['address'], other=recipient['address'])}".encode(),
    )
    with site.submission(sender) as session:
        session.sendmail(sender["address"], [recipient["address"]], raw)
    arrived = site.arrives(recipient, message)
    assert arrived is not None
    ((name, address),) = getaddresses(arrived.get_all("From"))
    assert address == sender["address"]
    # The library shows the gap between two encoded words (RFC 2047, 6.2).
    assert " ".join(str(make_header(decode_header(name))).split()) == f"{sender['name']} - {sender['agency']}"


def test_while_the_submission_policy_is_down_mail_waits(site, sender, recipient, stopped):
    message = site.message(sender["address"], recipient["address"])

    def hand_in():
        with site.submission(sender) as session:
            session.send_message(message)

    with stopped("thucongvu-submission.service"):
        assert 400 <= refused(hand_in) < 500
    with site.submission(sender) as session:
        session.send_message(message)
    assert site.arrives(recipient, message) is not None
