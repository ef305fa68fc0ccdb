"""Signs in from where it runs, and tells as JSON what each service says: {"said", "seconds"}, in the order of the tries.

Called with the host's address, the mail domain, and the tries as JSON: protocol, account, password. Standard library only.
"""

import base64
import http.client
import imaplib
import json
import poplib
import re
import smtplib
import socket
import ssl
import sys
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

HOST, DOMAIN = sys.argv[1:3]
# Whose certificate it is, other tests see.
CONTEXT = ssl._create_unverified_context()  # noqa: S323
SECONDS = 30


def imap(account, password):
    session = imaplib.IMAP4_SSL(HOST, 993, ssl_context=CONTEXT, timeout=SECONDS)
    try:
        session.login(account, password)
    except imaplib.IMAP4.error as error:
        return str(error)
    finally:
        session.shutdown()
    return "in"


def pop3(account, password):
    session = poplib.POP3_SSL(HOST, 995, context=CONTEXT, timeout=SECONDS)
    try:
        session.user(account)
        session.pass_(password)
    except poplib.error_proto as error:
        return str(error)
    finally:
        session.close()
    return "in"


def smtp(account, password):
    with smtplib.SMTP(HOST, 587, timeout=SECONDS) as session:
        session.starttls(context=CONTEXT)
        session.ehlo()
        code, said = session.docmd("AUTH", "PLAIN " + base64.b64encode(f"\0{account}\0{password}".encode()).decode())
        return "in" if code == 235 else f"{code} {said.decode()}"


def reception(_account, _password):
    with smtplib.SMTP(HOST, 25, timeout=SECONDS) as session:
        return "in" if session.ehlo("mx.outside.example")[0] == 250 else "no"


def sieve(account, password):
    def answer(stream):
        while True:
            line = stream.readline()
            if line.startswith((b"OK", b"NO", b"BYE")) or not line:
                return line.decode().strip()

    with socket.create_connection((HOST, 4190), SECONDS) as plain:
        answer(plain.makefile("rb"))
        plain.sendall(b"STARTTLS\r\n")
        # The answer's end is where TLS begins, so nothing may be read ahead.
        while not plain.recv(1).endswith(b"\n"):
            pass
        with CONTEXT.wrap_socket(plain) as session:
            stream = session.makefile("rb")
            answer(stream)
            told = base64.b64encode(f"\0{account}\0{password}".encode())
            session.sendall(b'AUTHENTICATE "PLAIN" "' + told + b'"\r\n')
            said = answer(stream)
    return "in" if said.startswith("OK") else said


class Portal(http.client.HTTPSConnection):
    def connect(self):
        plain = socket.create_connection((HOST, 443), SECONDS)
        self.sock = CONTEXT.wrap_socket(plain, server_hostname=self.host)


def portal(account, password):
    page = Portal(f"sso.{DOMAIN}")
    page.request("GET", "/")
    token = re.search(r'name="token" value="([^"]*)"', page.getresponse().read().decode())
    form = {"user": account, "password": password} | ({"token": token[1]} if token else {})
    page = Portal(f"sso.{DOMAIN}")
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    page.request("POST", "/", urllib.parse.urlencode(form), kind)
    answer = page.getresponse()
    said = answer.read().decode()
    return "in" if "tcvsso=" in (answer.getheader("Set-Cookie") or "") else " ".join(re.findall(r'trmsg="(\d+)"', said))


def tried(attempt):
    protocol, account, password = attempt
    begun = time.monotonic()
    try:
        said = {"imap": imap, "pop3": pop3, "smtp": smtp, "sieve": sieve, "portal": portal, "reception": reception}[
            protocol
        ](account, password)
    except (OSError, EOFError, imaplib.IMAP4.abort, smtplib.SMTPServerDisconnected, http.client.HTTPException) as error:
        said = f"shut out: {error!r}"
    return {"said": said, "seconds": time.monotonic() - begun}


with ThreadPoolExecutor(10) as pool:
    print(json.dumps(list(pool.map(tried, json.loads(sys.argv[3])))))
