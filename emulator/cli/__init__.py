"""The command line: one file a command. It reads words, calls one thing, prints one thing."""
