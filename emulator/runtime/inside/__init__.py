"""What runs in a plugin's own process, before the plugin does and beneath it.

Only the standard library is used, for the interpreter is the plugin's and need not have the
emulator installed; and what gevent patches later is taken beforehand.
"""
