"""What Dify does, case by case, held against whoever claims to do the same.

Each spec file tells one capability as tables of cases; each case names where Dify's own sources
decide it:

- ``D``: github.com/langgenius/dify-plugin-daemon at bdb5642a, below ``internal/`` or ``pkg/``
- ``K``: github.com/langgenius/dify-cloud-kit v0.1.3, the daemon's object storage
- ``S``: github.com/langgenius/dify-plugin-sdks at 28d1d223, below ``src/dify_plugin``
- ``P``: github.com/langgenius/dify, the platform, below ``api``

Texts and bytes are those that the daemon's own code gave when it was run.

The suite knows the system under test only through :mod:`tests.conformance.system`. By default that
is the emulator; ``DIFY_EMULATOR_SYSTEM=module:Class`` names another, such as a real daemon.
"""
