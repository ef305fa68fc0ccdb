"""The shared applications of a test site, each under a name of its own, as Apache runs them."""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import cas_saml
import directory
import oidc
import vneid

KINDS = {"oidc": oidc.make, "ldap": directory.make, "saml": cas_saml.make, "cas": cas_saml.make, "vneid": vneid.make}
SETTINGS = json.loads((HERE / "settings.json").read_text(encoding="utf-8"))
APPLICATIONS = {entry["host"]: KINDS[entry["protocol"]](entry) for entry in SETTINGS["applications"]}


def application(environ, start_response):
    return APPLICATIONS[environ["SERVER_NAME"]](environ, start_response)
