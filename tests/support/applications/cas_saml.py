"""A shared application behind Apache's own modules for SAML (mellon) and CAS: the server says who has signed in."""

from flask import Flask, render_template_string, request

PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>{{ title }}</title>
<h1>{{ title }}</h1><p id="person">{{ name }}</p><p id="address">{{ user }}</p>
"""


def make(settings):
    """Make the application."""
    app = Flask(settings["name"])

    @app.get("/")
    def home():
        environ = request.environ
        # What Apache hands over is UTF-8 that WSGI shows as Latin-1.
        name = environ.get("MELLON_name", "").encode("latin-1").decode()
        return render_template_string(PAGE, title=settings["title"], user=environ.get("REMOTE_USER"), name=name)

    return app
