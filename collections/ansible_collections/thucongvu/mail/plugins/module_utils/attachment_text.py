"""The text of attached documents, so that it can be searched in: PDF, Office Open XML and OpenDocument.

Run by Dovecot's indexer (roles/dovecot) with a document that anybody may have sent, so it takes no more than it is given: so much memory,
so many seconds, so many bytes of text. The standard library, and pdftotext.
"""

from __future__ import annotations

import io
import re
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from xml.parsers.expat import ExpatError, ParserCreate

# So much of a document is looked at, and of what is packed in it (a kilobyte may unpack to a gigabyte).
MOST_BYTES = 64 * 1024 * 1024
MOST_TEXT = 4 * 1024 * 1024
_MEMORY_BYTES = 768 * 1024 * 1024
_SECONDS = 20
_CHUNK = 65536
# Elements after which a new line or word begins; within a word the text may be cut anywhere.
_BREAKS = frozenset({"p", "h", "br", "tab", "t-cell", "tc", "si", "row", "line-break", "s"})


def _texts(packed: bytes) -> Iterator[str]:
    """Yield the text of an XML document in its order, with a new line where a paragraph or cell ends.

    Raises:
        ExpatError: It is none, or unfolds to more than it should.
    """
    found: list[str] = []

    def ends(name: str) -> None:
        if name.rpartition(":")[2] in _BREAKS:
            found.append("\n")

    parser = ParserCreate()
    parser.CharacterDataHandler = found.append
    parser.EndElementHandler = ends
    for start in range(0, len(packed), _CHUNK):
        parser.Parse(packed[start : start + _CHUNK], False)
        yield from found
        found.clear()
    parser.Parse(b"", True)
    yield from found


def _packed(document: bytes, parts: str) -> str:
    """Return the text of those parts of a packed document whose names match."""
    found: list[str] = []
    left, size = MOST_BYTES, 0
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        for entry in archive.infolist():
            if not re.fullmatch(parts, entry.filename):
                continue
            left -= entry.file_size
            if left < 0:
                break
            with archive.open(entry) as packed:
                for text in _texts(packed.read(entry.file_size)):
                    found.append(text)
                    size += len(text)
                    if size > MOST_TEXT:
                        return "".join(found)
    return "".join(found)


def _pdf(document: bytes) -> str:
    done = subprocess.run(
        ["/usr/bin/pdftotext", "-q", "-enc", "UTF-8", "-", "-"],
        input=document,
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )
    return done.stdout[:MOST_TEXT].decode("utf-8", "ignore")


_WORD = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
# How each is read, and the ends of names by which a document of no type is known.
_READERS: dict[str, tuple[str, Callable[[bytes], str]]] = {
    "application/pdf": ("pdf", _pdf),
    f"{_WORD}wordprocessingml.document": (
        "docx",
        lambda document: _packed(document, r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml"),
    ),
    f"{_WORD}spreadsheetml.sheet": ("xlsx", lambda document: _packed(document, r"xl/sharedStrings\.xml")),
    f"{_WORD}presentationml.presentation": (
        "pptx",
        lambda document: _packed(document, r"ppt/(slides|notesSlides)/[^/]+\.xml"),
    ),
    f"{_OPEN}text": ("odt", lambda document: _packed(document, r"(content|styles)\.xml")),
    f"{_OPEN}spreadsheet": ("ods", lambda document: _packed(document, r"content\.xml")),
    f"{_OPEN}presentation": ("odp", lambda document: _packed(document, r"content\.xml")),
}


def attachment_text(kind: str, document: bytes) -> str:
    """Return a document's text, empty where it has none, cannot be read, or takes too long.

    Args:
        kind: Its media type (RFC 2046), in small letters.
        document: Its bytes.
    """
    reader = _READERS.get(kind)
    if reader is None or len(document) > MOST_BYTES:
        return ""
    try:
        return reader[1](document)
    except (
        zipfile.BadZipFile,
        ExpatError,
        subprocess.TimeoutExpired,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        EOFError,
    ):
        # Encrypted, cut off, of a kind of packing that nobody uses: there is no text in it that could be found.
        return ""


def document_kind(kind: str, name: str) -> str | None:
    """Return the media type as which an attachment is read, None where it is no document.

    Args:
        kind: The media type that the message says.
        name: The file's name, which tells where that says nothing (``application/octet-stream``).
    """
    if kind.lower() in _READERS:
        return kind.lower()
    end = name.lower().rpartition(".")[2]
    return next((known for known, (ending, _reader) in _READERS.items() if ending == end), None)


def main(arguments: Sequence[str]) -> int:
    """Run without arguments to say which types are read; or as ``TYPE``, the document on standard input, the text on standard output."""
    if not arguments:
        # An empty line ends the list.
        sys.stdout.write("".join(f"{kind} {end}\n" for kind, (end, _reader) in _READERS.items()) + "\n")
        return 0
    for limit, most in ((resource.RLIMIT_AS, _MEMORY_BYTES), (resource.RLIMIT_CPU, _SECONDS)):
        resource.setrlimit(limit, (most, most))
    text = attachment_text(arguments[0].lower(), sys.stdin.buffer.read(MOST_BYTES + 1))
    sys.stdout.buffer.write(text.encode("utf-8", "ignore"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
