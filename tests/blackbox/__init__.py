"""Checks from outside, for any mail server: they know host, ports and a few fixtures, and nothing else of it."""
