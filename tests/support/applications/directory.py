"""A shared application that signs people in by the directory: it looks the person up, then binds as the entry that it found."""

import ldap
import ldap.filter
from flask import Flask, render_template_string, request

PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>{{ title }}</title>
<h1>{{ title }}</h1>
{% if person %}<p id="person">{{ person }}</p>{% else %}
<form method="post"><input name="user" autofocus><input name="password" type="password"><button>Đăng nhập</button></form>
{% if refused %}<p id="refused">Sai tên hoặc mật khẩu</p>{% endif %}{% endif %}
"""


def connected(settings):
    """A connection with the directory, under TLS."""
    connection = ldap.initialize(f"ldap://{settings['directory']}")
    connection.set_option(ldap.OPT_NETWORK_TIMEOUT, 10)
    connection.start_tls_s()
    return connection


def full_name(settings, user, password):
    """The name of whoever signed in, None where nobody did."""
    search = connected(settings)
    search.simple_bind_s(settings["bind_dn"], settings["secret"])
    wanted = f"(&(objectClass=tcvMailbox)(mail={ldap.filter.escape_filter_chars(user)}))"
    found = search.search_s(settings["base_dn"], ldap.SCOPE_SUBTREE, wanted, ["displayName"])
    if len(found) != 1 or not password:
        return None
    [(dn, attributes)] = found
    try:
        connected(settings).simple_bind_s(dn, password)
    except ldap.INVALID_CREDENTIALS:
        return None
    return attributes["displayName"][0].decode()


def make(settings):
    """Make the application."""
    app = Flask(settings["name"])

    @app.route("/", methods=["GET", "POST"])
    def home():
        person = None
        if request.method == "POST":
            person = full_name(settings, request.form["user"], request.form["password"])
        refused = request.method == "POST" and person is None
        page = render_template_string(PAGE, title=settings["title"], person=person, refused=refused)
        return page, 401 if refused else 200

    return app
