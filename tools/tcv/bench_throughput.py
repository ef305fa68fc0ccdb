"""tools/bench throughput: messages a second through the whole chain, against rspamd and ClamAV alone on the same host, in one run.

The floor is what Debian's packages do when nothing of ours is in the way: Postfix with a static table, rspamd and ClamAV as
packaged, Dovecot's LMTP without a plugin, into Maildir as most have it. Besides, the whole chain is measured with one part of it off
at a time, which says what each part costs. The load comes from this machine and shares its cores with the servers; all ways are
measured in turn, again and again.
"""

import itertools
import json
import os
import random
import re
import shutil
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any

from tcv import machine, mailbox, ready, sample_names, testhost
from tcv.bench import FOLDER, kept_facts
from tcv.facts import PORTS
from tcv.messages import Trouble, guarded, text
from tcv.paths import ROOT
from tcv.programs import run
from tcv.progress import Progress
from tcv.site import OUTSIDE, Site

MESSAGES = 1000
WARM_UP = 100
SESSIONS = 20
ROUNDS = 3
BYTES = 4096
RECIPIENTS = 200
HALF_LOAD_SECONDS = 60
PATIENCE_SECONDS = 300
WRITER = f"hoi.dan@{OUTSIDE}"
# The aims: a share of the floor's deliveries, and deliveries a second.
SHARE = 0.8
DELIVERED = 100.0
# ClamAV's official files, which hold about so many signatures, are not at hand: made-up ones stand in for the memory they take.
SIGNATURES = 2_000_000
MAKE_SIGNATURES = f"""
import hashlib
for number in range({SIGNATURES}):
    print(f"{{hashlib.md5(str(number).encode()).hexdigest()}}:{{100_000 + number % 1_000_000}}:Bench.{{number}}")
"""
UNITS = [
    "postfix",
    "dovecot",
    "rspamd",
    "clamav-daemon",
    "valkey-server",
    "slapd",
    "unbound",
    "thucongvu-submission",
    "systemd-journald",
]
ETC = "etc/postfix etc/dovecot etc/rspamd"
KEPT = "/var/backups/bench-etc.tar"

MAILDIR, SDBOX = "mail_driver = maildir\nmail_path = ~/Maildir", "mail_driver = sdbox\nmail_path = ~/sdbox"
STATIC_TABLES = "postconf -e virtual_mailbox_maps=static:all virtual_alias_maps= transport_maps="
# Of ours stays where scanner, store and resolver are, that the proxy judges by itself, and that nothing is asked of the Internet.
STOCK_FILTER = """
cd /etc/rspamd
rm -f lua.local.d/*.lua
for file in local.d/*.conf; do
    case $file in */antivirus.conf | */redis.conf | */asn.conf | */fuzzy_check.conf | */rbl.conf) ;; *) rm "$file" ;; esac
done
"""
STOCK_POSTFIX = f"""
{STATIC_TABLES}
postconf -X lmtp_destination_recipient_limit smtpd_client_restrictions smtpd_sender_restrictions smtpd_data_restrictions
postconf -e smtpd_end_of_data_restrictions= smtpd_recipient_restrictions=
"""
STOCK_DOVECOT = f"""
cat > /etc/dovecot/dovecot.conf <<'END'
dovecot_config_version = 2.4.1
dovecot_storage_version = 2.4.1
protocols = lmtp
ssl = no
{MAILDIR}
mail_uid = vmail
mail_gid = vmail
first_valid_uid = 100
passdb static {{
  password = nobody-signs-in
}}
userdb static {{
  allow_all_users = yes
  fields {{
    home = /var/mail/thucongvu/bench/%{{user}}
  }}
}}
service lmtp {{
  unix_listener /var/spool/postfix/private/dovecot-lmtp {{
    mode = 0600
    user = postfix
    group = postfix
  }}
}}
# The unit compiles the scripts, which nothing runs here.
sieve_global_extensions {{
  vnd.dovecot.environment = yes
}}
END
"""


def without(plugin: str) -> str:
    """Delivery without one of Dovecot's plugins."""
    return f"printf 'protocol lmtp {{\\n mail_plugins {{\\n {plugin} = no\\n }}\\n}}\\n' >> /etc/dovecot/dovecot.conf"


# What each way changes in the deployed configuration, as shell commands on the host.
WAYS = {
    "floor": STOCK_POSTFIX + STOCK_FILTER + STOCK_DOVECOT,
    "floor-sdbox": STOCK_POSTFIX + STOCK_FILTER + STOCK_DOVECOT.replace(MAILDIR, SDBOX),
    "whole": "",
    "no-filter": "postconf -e smtpd_milters=",
    "no-scanner": "rm /etc/rspamd/local.d/antivirus.conf /etc/rspamd/local.d/force_actions.conf",
    "stock-filter": STOCK_FILTER,
    "no-quota-question": (
        "postconf -e smtpd_end_of_data_restrictions= "
        "'smtpd_recipient_restrictions=reject_non_fqdn_recipient, reject_unlisted_recipient'"
    ),
    "static-tables": STATIC_TABLES,
    "no-sieve": without("sieve"),
    "no-quota": without("quota"),
    "signed-in": "",
    "no-submission-policy": "postconf -e submission_milters=inet:127.0.0.1:11332",
}
# What each is measured against, where it is not the whole chain from outside.
AGAINST = {"floor-sdbox": "floor", "whole": "floor", "no-submission-policy": "signed-in"}
SIGNED_IN = ("signed-in", "no-submission-policy")
RESTART = "systemctl reset-failed; systemctl restart dovecot rspamd; systemctl restart postfix"

type Sender = Callable[[str, bytes], None]


@dataclass(frozen=True)
class Figures:
    """What a run of messages came to.

    Messages a second; milliseconds of a core that each service spent on one message; the seconds from each one's first byte to the mailbox.
    """

    accepted: float
    delivered: float
    spent: dict[str, float]
    waited: list[float]


class Host:
    """The mail server, as its operator reaches it, as the Internet does, and as people do."""

    def __init__(self, site: Site) -> None:
        self.container = site.container(site.hosts[0])
        self.address = testhost.address(self.container)
        self.submission = mailbox.Service(f"smtp.{site.domain}", self.address, PORTS["submission"])
        self.context = mailbox.trusting(site.ca)
        self.writers = [entry for entry in ready.owned(site) if entry["kind"] == "person" and entry["state"] == "ready"]
        self.recipients = [entry["address"] for entry in self.writers[:RECIPIENTS]]
        self.texts = Texts()

    def shell(self, command: str, stdin: str | None = None) -> str:
        """What a command prints there."""
        return run(["podman", "exec", "--interactive", self.container, "sh", "-ec", command], stdin=stdin).stdout

    def prepare(self) -> None:
        """Keep the deployed configuration, and let the writers send as much as the measurement needs."""
        self.shell(f"tar -C / -cf {KEPT} {ETC}")
        changes = "".join(
            f"dn: {writer['dn']}\nchangetype: modify\nreplace: tcvSendingLimits\ntcvSendingLimits: - -\n\n"
            for writer in self.writers[:SESSIONS]
        )
        self.shell("ldapmodify -Q -Y EXTERNAL -H ldapi:///", changes)

    def become(self, way: str) -> None:
        """Take the deployed configuration and change it as this way does."""
        self.shell(f"cd /; rm -rf {ETC}; tar -xf {KEPT}; {WAYS[way]}\n{RESTART}")
        until(self.takes_mail)
        until(self.queue_is_empty)

    def takes_mail(self) -> bool:
        """Whether a message is taken: the filter is there, too."""
        with suppress(OSError, Trouble), self.as_outsider() as sender:
            sender(self.recipients[0], self.texts.message(WRITER, self.recipients[0]))
            return True
        return False

    @contextmanager
    def as_outsider(self) -> Iterator[Sender]:
        """Each message over a connection of its own, as servers on the Internet send them."""

        def sender(recipient: str, message: bytes) -> None:
            with socket.create_connection((self.address, PORTS["smtp"]), mailbox.TIMEOUT) as session:
                answer(session, b"220")
                session.sendall(f"EHLO mx.{OUTSIDE}\r\n".encode())
                answer(session, b"250")
                session.sendall(f"MAIL FROM:<{WRITER}>\r\nRCPT TO:<{recipient}>\r\nDATA\r\n".encode())
                answer(session, b"354")
                session.sendall(message + b".\r\nQUIT\r\n")
                answer(session, b"221")

        yield sender

    @contextmanager
    def as_person(self, number: int) -> Iterator[Sender]:
        """Over one connection on which somebody signed in."""
        writer = self.writers[number]["address"]
        with mailbox.Submission(self.submission) as session:
            session.starttls(context=self.context)
            session.login(writer, self.writers[number]["password"])
            yield lambda recipient, message: refused(session.sendmail(writer, recipient, message))

    def deliveries(self, since: float) -> list[tuple[float, float]]:
        """When each delivery since then was done, and how long the message had been under way, by Postfix's own log."""
        log = "journalctl --quiet --output short-unix --identifier postfix/lmtp"
        found = []
        for line in self.shell(f"{log} --since @{int(since)} | grep -F status=sent || :").splitlines():
            waited = re.search(r" delay=([\d.]+),", line)
            if waited and float(line.split()[0]) >= since:
                found.append((float(line.split()[0]), float(waited.group(1))))
        return found

    def queue_is_empty(self) -> bool:
        """Whether nothing waits any more."""
        return not self.shell("postqueue -j")

    def spent(self) -> dict[str, float]:
        """Milliseconds of a core that each service has used so far."""
        used = self.shell(f"systemctl show --value --property CPUUsageNSec {' '.join(UNITS)}").split()
        return {unit: int(nanoseconds) / 1e6 for unit, nanoseconds in zip(UNITS, used, strict=True)}

    def memory(self) -> dict[str, int]:
        """Bytes of memory that each service has; pages that several processes share are counted once."""
        found = self.shell(
            f"for unit in {' '.join(UNITS)}; do "
            'group=$(systemctl show -P ControlGroup "$unit.service"); sum=0; '
            'for process in $(find "/sys/fs/cgroup$group" -name cgroup.procs -exec cat {} + 2>/dev/null); do '
            "pss=$(awk '/^Pss:/ {print $2}' /proc/$process/smaps_rollup 2>/dev/null || :); sum=$((sum + ${pss:-0})); "
            'done; echo "$unit $sum"; done'
        )
        return {unit: int(size) * 1024 for unit, size in (line.split() for line in found.splitlines())}


class Texts:
    """Messages of ordinary words, each unlike every other: filters remember what they have seen."""

    def __init__(self) -> None:
        self.names = list(itertools.islice(sample_names.names(1), 5000))
        self.chance = random.Random(time.time_ns())  # noqa: S311  # nothing secret
        self.numbers = itertools.count()

    def message(self, sender: str, recipient: str) -> bytes:
        """One message from somebody to somebody."""
        number = f"{time.time_ns()}.{next(self.numbers)}"
        head = (
            f"From: <{sender}>\r\nTo: <{recipient}>\r\nSubject: Danh sach {number}\r\nDate: {formatdate(localtime=True)}\r\n"
            f"Message-ID: <{number}@{sender.partition('@')[2]}>\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nKính gửi Quý cơ quan,\r\n"
        ).encode()
        lines: list[bytes] = []
        while len(head) + sum(map(len, lines)) < BYTES:
            lines.append((", ".join(self.chance.choices(self.names, k=6)) + ".\r\n").encode())
        return head + b"".join(lines)


def answer(session: socket.socket, wanted: bytes) -> None:
    """Read until an answer has this code; a refusal ends the measurement."""
    found = b""
    while not re.search(rb"(?m)^" + wanted + rb" ", found):
        part = session.recv(4096)
        found += part
        if not part or re.search(rb"(?m)^[45]\d\d ", found):
            raise Trouble("bench", "throughput-refused", answer=found.decode(errors="replace").strip())


def refused(answers: dict[str, tuple[int, bytes]]) -> None:
    """A refusal ends the measurement."""
    if answers:
        raise Trouble("bench", "throughput-refused", answer=str(answers))


def until(done: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for something."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise Trouble("bench", "throughput-stuck", seconds=f"{seconds:.0f}")
        time.sleep(0.5)


def load(host: Host, way: str, number: int, pace: float | None = None) -> float:
    """Send so many messages, each session the next as soon as it can, or all together so many a second; seconds it took."""
    numbers = itertools.count()
    begun = time.monotonic()

    def work(session: int) -> None:
        with host.as_person(session) if way in SIGNED_IN else host.as_outsider() as sender:
            writer = host.writers[session]["address"] if way in SIGNED_IN else WRITER
            while (mine := next(numbers)) < number:
                recipient = host.recipients[mine % len(host.recipients)]
                message = host.texts.message(writer, recipient)
                if pace is not None:
                    time.sleep(max(0.0, begun + mine / pace - time.monotonic()))
                sender(recipient, message)

    with ThreadPoolExecutor(SESSIONS) as sessions:
        list(sessions.map(work, range(SESSIONS)))
    return time.monotonic() - begun


def measured(host: Host, way: str, number: int = MESSAGES, pace: float | None = None) -> Figures:
    """What a run of messages comes to, the last of them delivered."""
    began = time.time()
    before = host.spent()
    seconds = load(host, way, number, pace)
    until(host.queue_is_empty)
    done = host.deliveries(began)
    if len(done) < number:
        raise Trouble("bench", "throughput-lost", sent=number, delivered=len(done))
    waited = [wait for _when, wait in done]
    delivered = number / (max(when for when, _wait in done) - began)
    spent = {unit: (used - before[unit]) / number for unit, used in host.spent().items()}
    return Figures(number / seconds, delivered, spent, waited)


def percentile(values: list[float], percent: int) -> float:
    """The value below which so many of a hundred lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def in_turn(host: Host, ways: list[str], progress: Progress) -> dict[str, list[Figures]]:
    """Every way in turn, so that what the machine does besides meets them all."""
    found: dict[str, list[Figures]] = {way: [] for way in ways}
    for turn in range(ROUNDS):
        for way in ways:
            host.become(way)
            measured(host, way, WARM_UP)
            found[way].append(measured(host, way))
            rates = {"accepted": f"{found[way][-1].accepted:.0f}", "delivered": f"{found[way][-1].delivered:.0f}"}
            progress.note(
                f"{turn + 1}/{ROUNDS} " + text("bench", f"way-{way}") + ": " + text("bench", "rates", **rates)
            )
    return found


def peaks(host: Host, work: Callable[[], object]) -> dict[str, int]:
    """The most memory that each service has while some work is done."""
    most = host.memory()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.5):
            for unit, size in host.memory().items():
                most[unit] = max(most[unit], size)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        work()
    finally:
        done.set()
        watcher.join()
    return most


def reloads(host: Host) -> int:
    """How often the scanner has taken new signatures."""
    return int(host.shell("journalctl --quiet --unit clamav-daemon --output cat --grep 'Activating the newly' | wc -l"))


def reload(host: Host, meanwhile: Callable[[], object] = lambda: None) -> None:
    """Let the scanner read its signatures anew, until it uses them."""
    before = reloads(host)
    host.shell("clamdscan --reload")
    meanwhile()
    until(lambda: reloads(host) > before)


def memory(host: Host) -> dict[str, dict[str, int]]:
    """Memory of each service: idle, under load, and while the scanner reads so many signatures anew under load."""
    host.become("whole")
    found = {"idle": host.memory(), "load": peaks(host, lambda: measured(host, "whole"))}
    host.shell("python3 - > /var/lib/clamav/bench.hdb", MAKE_SIGNATURES)
    reload(host)
    found["signatures"] = host.memory()
    found["reload"] = peaks(host, lambda: reload(host, lambda: measured(host, "whole")))
    return found


def deploy(site: Site, progress: Progress) -> Host:
    """A site with everybody of the register, who have their own passwords."""
    site.destroy()
    shutil.rmtree(site.state, ignore_errors=True)
    site.create()
    site.play("secrets")
    for play in ("site", "register", "accounts"):
        site.play(play, watch=progress.step)
    return Host(site)


def measure(host: Host, progress: Progress) -> dict[str, Any]:
    """All figures."""
    host.prepare()
    with progress.phase("throughput-ways"):
        found = in_turn(host, list(WAYS), progress)
    host.become("whole")
    pace = statistics.median(one.delivered for one in found["whole"]) / 2
    with progress.phase("throughput-half"):
        half = measured(host, "whole", round(pace * HALF_LOAD_SECONDS), pace)
    with progress.phase("throughput-memory"):
        kept = memory(host)
    return {
        "ways": {
            way: {
                "accepted": [round(one.accepted, 1) for one in turns],
                "delivered": [round(one.delivered, 1) for one in turns],
                "spent": [{unit: round(used, 2) for unit, used in one.spent.items()} for one in turns],
            }
            for way, turns in found.items()
        },
        "half_load": {
            "pace": round(pace, 1),
            "seconds": {f"p{percent}": round(percentile(half.waited, percent), 2) for percent in (50, 95, 99)},
        },
        "memory": kept,
    }


def middle(rates: dict[str, Any]) -> tuple[float, float, float]:
    """Of the turns of one way: messages accepted and delivered a second, and milliseconds of a core a message."""
    spent = [sum(one.values()) for one in rates["spent"]]
    return statistics.median(rates["accepted"]), statistics.median(rates["delivered"]), statistics.median(spent)


def table(figures: dict[str, Any]) -> Iterator[str]:
    """The figures as people read them."""
    found = {way: middle(rates) for way, rates in figures["ways"].items()}
    yield text("bench", "throughput-head")
    for way, (accepted, delivered, spent) in found.items():
        against = AGAINST.get(way, "" if way in {"floor", "signed-in"} else "whole")
        share = f"{delivered / found[against][1]:.0%}" if against else ""
        yield f"  {accepted:>7.0f}  {delivered:>7.0f}  {spent:>6.1f}  {share:>5}  {text('bench', f'way-{way}')}"
    delivered = found["whole"][1]
    of_floor = delivered / found["floor"][1]
    for figure, aim, met in (
        (f"{of_floor:.0%}", f"≥ {SHARE:.0%}", of_floor >= SHARE),
        (f"{delivered:.0f}/s", f"≥ {DELIVERED:.0f}/s", delivered >= DELIVERED),
    ):
        yield f"  {figure} ({aim}): {text('bench', 'met' if met else 'missed')}"
    half = figures["half_load"]
    seconds = ", ".join(f"{name} {value:.2f} s" for name, value in half["seconds"].items())
    yield text("bench", "throughput-waited", pace=half["pace"], seconds=seconds)
    yield text("bench", "throughput-memory-head", signatures=f"{SIGNATURES:,}")
    for unit in UNITS:
        sizes = "  ".join(f"{column[unit] / 2**20:>7.0f}" for column in figures["memory"].values())
        yield f"  {sizes}  {unit}"


def main() -> int:
    machine.enter()
    province = os.environ.get("PROVINCE", "cantho")
    site = Site(ROOT / "inventories" / province, FOLDER / "throughput")
    progress = Progress("bench", phases=4)
    now = datetime.now(UTC)
    try:
        with progress.phase("throughput-site"):
            host = deploy(site, progress)
        figures = measure(host, progress)
    finally:
        site.destroy()
    shutil.rmtree(site.state)
    file = FOLDER / f"throughput-{now:%Y-%m-%dT%H%M%SZ}.json"
    kept = {**kept_facts(now), "messages": MESSAGES, "bytes": BYTES, "sessions": SESSIONS, **figures}
    file.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print()
    print("\n".join(table(figures)))
    print(f"\n  {file}")
    return 0


if __name__ == "__main__":
    guarded(main)
