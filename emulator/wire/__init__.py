"""The protocol between Dify's plugin daemon and the SDK, without I/O: bytes in, messages out.

One implementation serves pipes, sockets and in-process use, and can be fuzzed. It knows nobody.
"""
