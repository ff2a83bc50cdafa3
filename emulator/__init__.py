"""A local emulator for Dify plugins: the other side of the session, on the developer's machine."""

__version__ = "0.1.0"
