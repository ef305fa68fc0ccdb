"""What the demo tells a person at the end."""

import unicodedata
from typing import Any

from tcv.messages import both, text

SHOWN = {"agency": 1, "unit": 1, "person": 4}


def examples(accounts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A few accounts of each kind."""
    return [
        account
        for kind, number in SHOWN.items()
        for account in [entry for entry in accounts if entry["kind"] == kind][:number]
    ]


def width(words: str) -> int:
    """How many columns a terminal needs for a text: combining marks need none."""
    return sum(not unicodedata.combining(letter) for letter in words)


def table(rows: list[list[str]]) -> str:
    """Rows in columns."""
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(cell + " " * (size - width(cell)) for cell, size in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join(f"    {line}" for line in lines)


def report(facts: dict[str, Any], demo_file: str) -> str:
    """The closing text."""
    heads = [text("demo", f"column-{column}") for column in ("kind", "name", "address", "password")]
    rows = [
        [text("demo", f"kind-{account['kind']}"), account["name"], account["address"], account["password"]]
        for account in examples(facts["accounts"])
    ]
    values = {
        "domain": facts["domain"],
        "host": facts["host"],
        "container": facts["container"],
        "webmail": facts["webmail_url"],
        "ca": facts["ca_file"],
        "demo_file": demo_file,
        "number": len(facts["accounts"]),
        "names": " ".join(f"{name}.{facts['domain']}" for name in ("mail", "imap", "smtp")),
        **{f"port_{name}": port for name, port in facts["ports"].items()},
    }
    parts: list[str] = []
    for key in ("ready", "accounts", "names", "webmail", "trust", "thunderbird", "look", "remove"):
        parts += both("demo", f"report-{key}", **values)
        if key == "accounts":
            parts.append(table([heads, *rows]))
        parts.append("")
    return "\n".join(parts)
