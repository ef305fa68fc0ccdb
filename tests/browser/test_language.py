"""The webmail speaks Vietnamese everywhere: no word is missing, and no English one stands on any page."""

import re
import unicodedata

from playwright.sync_api import expect

VARIABLE = re.compile(r"\$[a-z]+|%[sd]")
# Every piece of text that a page shows or says, also to a screen reader.
PIECES = """() => {
    const found = [];
    for (const element of document.querySelectorAll("body *:not(script):not(style)")) {
        for (const node of element.childNodes)
            if (node.nodeType === Node.TEXT_NODE) found.push(node.textContent);
        for (const name of ["title", "placeholder", "aria-label", "alt"])
            if (element.hasAttribute(name)) found.push(element.getAttribute(name));
    }
    return found.map(text => text.replace(/\\s+/g, " ").trim()).filter(text => text);
}"""
PAGES = [
    "?_task=mail&_mbox=INBOX",
    "?_task=addressbook",
    "?_task=settings",
    "?_task=settings&_action=folders",
    "?_task=settings&_action=plugin.managesieve",
    "?_task=settings&_action=responses",
]
# Shown within others; these ask for nothing more once they are there.
FRAMES = [
    "?_task=settings&_action=plugin.managesieve-action&_framed=1",
    *(
        f"?_task=settings&_action=edit-prefs&_framed=1&_section={section}"
        for section in ("general", "mailbox", "mailview", "compose", "addressbook", "folders", "server", "encryption")
    ),
]


def test_every_english_word_has_a_vietnamese_one(words):
    assert sorted(words.english.keys() - words.shown.keys()) == []


def test_our_words_are_words_that_roundcube_has(words):
    assert sorted(words.ours.keys() - words.english.keys()) == []


def test_our_words_keep_their_variables_and_are_written_in_one_form(words):
    def variables(text):
        return sorted(set(VARIABLE.findall(text)))

    changed = {key for key, text in words.ours.items() if variables(text) != variables(words.english[key])}
    # The window's title names the product before it greets.
    assert changed == {"welcome"}
    assert [key for key, text in words.ours.items() if text != unicodedata.normalize("NFC", text)] == []


def english_on(page, words):
    """The pieces of the page that are Roundcube's English, or a word that it has no text for."""
    english = {text.strip() for text in words.english.values()} - {text.strip() for text in words.shown.values()}
    pieces = set(page.evaluate(PIECES))
    return {piece for piece in pieces if piece in english or re.fullmatch(r"\[[a-z._-]+\]", piece)}


def test_no_page_shows_english(webmail, words, people):
    left = {}
    webmail.sign_in(people[0])
    for query in PAGES:
        webmail.open(query)
        left[query] = english_on(webmail.page, words)
    for query in FRAMES:
        webmail.page.goto(f"{webmail.url}{query}")
        left[query] = english_on(webmail.page, words)
    webmail.open()
    webmail.compose()
    left["compose"] = english_on(webmail.page, words)
    assert {query: sorted(found) for query, found in left.items() if found} == {}


def test_the_editor_of_html_mail_speaks_vietnamese(webmail, people):
    webmail.sign_in(people[0])
    webmail.compose()
    webmail.page.locator("a.mce-i-html").click()
    expect(webmail.page.locator(".tox-toolbar__primary").get_by_label("In đậm")).to_be_visible()
    labels = webmail.page.locator(".tox button[aria-label]").evaluate_all("found => found.map(one => one.ariaLabel)")
    # No Vietnamese name of a button goes without a Vietnamese letter.
    assert [label for label in labels if label.isascii()] == []


PORTAL_WORDS = """async () => {
    const load = name => fetch(`/static/languages/${name}.json`).then(answer => answer.json());
    return [await load("en"), {...await load("vi"), ...window.datas.trOver.vi}];
}"""
# Names of things, and what is the same word in both languages.
NAMES = {"TOTP", "WebAuthn", "Edge", "Chrome", "OpenID"}


def test_no_page_of_the_portal_shows_english(webmail, facts, people):
    page = webmail.page
    newcomer = next(account for account in facts["accounts"] if account["state"] == "first-password")

    def left():
        webmail.rest()
        expect(page.locator("html")).to_have_attribute("lang", "vi")
        english, shown = page.evaluate(PORTAL_WORDS)
        foreign = set(english.values()) - set(shown.values()) - NAMES
        return sorted(foreign & set(page.evaluate(PIECES)))

    webmail.portal()
    found = {"sign-in": left()}
    webmail.try_to_sign_in(newcomer["address"], newcomer["password"])
    expect(page.locator("#newpassword")).to_be_visible()
    found["first change"] = left()
    webmail.portal(people[0])
    found["menu"] = left()
    for path in ("2fregisters", "2fregisters/totp", "?logout=1"):
        page.goto(f"{webmail.portal_url}{path}")
        found[path] = left()
    assert {place: pieces for place, pieces in found.items() if pieces} == {}
