"""A shared application that signs people in by OpenID Connect, with Authlib as any Flask application has it."""

import os

import requests
from authlib.integrations.flask_client import OAuth, OAuthError
from authlib.integrations.flask_oauth2 import ResourceProtector, current_token
from authlib.oauth2.rfc7662 import IntrospectTokenValidator
from flask import Flask, jsonify, redirect, render_template_string, request, session, url_for

PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>{{ title }}</title>
<h1>{{ title }}</h1>
{% if person %}<p id="person">{{ person.name }}</p><p id="address">{{ person.email }}</p>
<p><a id="sign-out" href="{{ url_for('sign_out') }}">Đăng xuất</a></p>
{% elif error %}<p id="error">{{ error }}</p>
{% else %}<p id="nobody">Chưa đăng nhập</p><p><a id="sign-in" href="{{ url_for('sign_in') }}">Đăng nhập</a></p>{% endif %}
"""


class OwnTokens(IntrospectTokenValidator):
    """Takes the tokens that the portal gave for this application, and no other's."""

    def __init__(self, settings):
        super().__init__()
        self.settings = settings

    def introspect_token(self, token_string):
        who = (self.settings["name"], self.settings["secret"])
        url = f"{self.settings['portal']}oauth2/introspect"
        said = requests.post(url, data={"token": token_string}, auth=who, timeout=20).json()
        return said | {"active": said.get("active", False) and said.get("client_id") == self.settings["name"]}


def make(settings):
    """Make the application."""
    app = Flask(settings["name"])
    app.secret_key = os.urandom(32)
    # The portal opens the sign-out page in a frame; both are of one domain.
    app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE="Lax", PREFERRED_URL_SCHEME="https")
    portal = OAuth(app).register(
        "portal",
        client_id=settings["name"],
        # One without secret runs on people's devices, and has PKCE alone to show that a code is its own.
        client_secret=settings["secret"] or None,
        server_metadata_url=f"{settings['portal']}.well-known/openid-configuration",
        client_kwargs={
            "scope": settings["scope"],
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_basic" if settings["secret"] else "none",
        },
    )
    protect = ResourceProtector()
    protect.register_token_validator(OwnTokens(settings))

    @app.get("/")
    def home():
        return render_template_string(PAGE, title=settings["title"], person=session.get("person"))

    @app.get("/vao")
    def sign_in():
        return portal.authorize_redirect(url_for("back", _external=True))

    @app.get("/ve")
    def back():
        try:
            token = portal.authorize_access_token()
        except OAuthError as error:
            return render_template_string(PAGE, title=settings["title"], error=error.error), 403
        session["person"] = dict(token["userinfo"])
        session["token"] = {name: token.get(name) for name in ("access_token", "id_token", "scope")}
        return redirect(url_for("home"))

    @app.get("/ra")
    def sign_out():
        end = portal.load_server_metadata()["end_session_endpoint"]
        hint = session.get("token", {}).get("id_token", "")
        session.clear()
        return redirect(f"{end}?post_logout_redirect_uri={url_for('home', _external=True)}&id_token_hint={hint}")

    @app.get("/da-ra")
    def signed_out():
        session.clear()
        return "Đã đăng xuất"

    @app.get("/toi")
    def me():
        """What the portal told of the person, for the tests."""
        return jsonify(person=session.get("person"), token=session.get("token"))

    @app.get("/api")
    @protect()
    def api():
        """What other programs ask with a token."""
        return jsonify(client=current_token["client_id"], path=request.path)

    return app
