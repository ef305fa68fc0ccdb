"""The demo: the province's real playbooks on a test host, and a proof that mail flows."""
