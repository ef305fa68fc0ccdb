"""A stand-in for VNeID: an OpenID Connect provider (Authlib) at which somebody signs in with a personal number."""

import secrets
import time

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.jose import JsonWebKey
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, jsonify, render_template_string, request

PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>VNeID thử nghiệm</title>
<h1>VNeID thử nghiệm</h1><form method="post"><input name="number" autofocus><button>Xác nhận</button></form>
"""


class Client(ClientMixin):
    """The portal, the only client."""

    def __init__(self, settings):
        self.settings = settings

    def get_client_id(self):
        return self.settings["name"]

    def get_default_redirect_uri(self):
        return self.settings["redirect_uri"]

    def get_allowed_scope(self, scope):
        return " ".join(each for each in scope.split() if each in {"openid", "profile"})

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri.startswith(self.settings["portal"])

    def check_client_secret(self, client_secret):
        return secrets.compare_digest(client_secret, self.settings["secret"])

    def check_endpoint_auth_method(self, method, endpoint):  # noqa: ARG002
        return method == "client_secret_post"

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):
    """A code that has been given out."""

    def __init__(self, made, user):
        self.user = user
        self.redirect_uri = made.payload.redirect_uri
        self.scope = made.payload.scope
        self.nonce = made.payload.data.get("nonce")
        self.code_challenge = made.payload.data.get("code_challenge")
        self.code_challenge_method = made.payload.data.get("code_challenge_method")
        self.time = int(time.time())

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return self.time

    def get_acr(self):
        return None

    def get_amr(self):
        return None


def make(settings):
    """Make the provider."""
    app = Flask(settings["name"])
    client = Client(settings)
    key = JsonWebKey.import_key(settings["key"], {"kty": "RSA"})
    codes = {}

    class CodeGrant(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_post",)

        def save_authorization_code(self, code, request):
            codes[code] = Code(request, request.user)

        def query_authorization_code(self, code, client):  # noqa: ARG002
            return codes.get(code)

        def delete_authorization_code(self, authorization_code):
            for code in [code for code, kept in codes.items() if kept is authorization_code]:
                del codes[code]

        def authenticate_user(self, authorization_code):
            return authorization_code.user

    class Identity(OpenIDCode):
        def exists_nonce(self, nonce, request):  # noqa: ARG002
            return False

        def get_jwt_config(self, grant):  # noqa: ARG002
            return {"key": key, "alg": "RS256", "iss": settings["issuer"], "exp": 300}

        def generate_user_info(self, user, scope):  # noqa: ARG002
            return UserInfo(sub=user, so_dinh_danh=user)

    app.config["OAUTH2_JWT_ENABLED"] = False
    server = AuthorizationServer(
        app, query_client=lambda wanted: client if wanted == settings["name"] else None, save_token=lambda *_: None
    )
    server.register_grant(CodeGrant, [Identity(require_nonce=True), CodeChallenge(required=False)])

    @app.route("/xac-thuc", methods=["GET", "POST"])
    def authorize():
        if request.method == "GET":
            return render_template_string(PAGE)
        return server.create_authorization_response(grant_user=request.form["number"])

    @app.post("/ma")
    def token():
        return server.create_token_response()

    @app.get("/khoa")
    def keys():
        return jsonify(keys=[key.as_dict(is_private=False)])

    return app
