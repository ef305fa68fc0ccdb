"""A connection to the directory from a program on a host, over StartTLS, as a service account.

The standard library and python-ldap, which only the hosts have.
"""

from __future__ import annotations

from typing import Any

TIMEOUT_SECONDS = 60


def connect(
    uri: str, ca_file: str, bind_dn: str, bind_password: str, *, timeout: float = TIMEOUT_SECONDS, lasting: bool = False
) -> Any:  # noqa: ANN401 python-ldap has no types
    """Sign in and return the connection.

    Args:
        uri: ``ldap://host``.
        ca_file: The authority by which the directory is verified.
        bind_dn: The service account.
        bind_password: Its password.
        timeout: Seconds that one answer may take.
        lasting: Whether to sign in again by itself when the connection was lost.

    Raises:
        ldap.LDAPError: The directory does not answer, is not who it should be, or refuses.
    """
    import ldap  # noqa: PLC0415 only the hosts have it
    import ldap.ldapobject  # noqa: PLC0415

    # Once, and at once: whoever waits for the answer has time for no more.
    connection = (
        ldap.ldapobject.ReconnectLDAPObject(uri, retry_max=2, retry_delay=0.2) if lasting else ldap.initialize(uri)
    )
    for option, value in (
        (ldap.OPT_PROTOCOL_VERSION, ldap.VERSION3),
        (ldap.OPT_NETWORK_TIMEOUT, timeout),
        (ldap.OPT_TIMEOUT, timeout),
        (ldap.OPT_X_TLS_CACERTFILE, ca_file),
        (ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND),
        # Applies the two before it.
        (ldap.OPT_X_TLS_NEWCTX, 0),
    ):
        connection.set_option(option, value)
    connection.start_tls_s()
    connection.simple_bind_s(bind_dn, bind_password)
    return connection
