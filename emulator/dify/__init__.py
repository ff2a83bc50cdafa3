"""Dify's side of a session: rounds, permissions, storage rules, parameters and messages."""
