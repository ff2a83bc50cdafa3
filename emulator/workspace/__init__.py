"""The SQLite state file: present values, their history, rounds and seeds. It knows nobody.

What the bytes mean and which keys are allowed is decided in :mod:`emulator.dify`.
"""
