"""HTTP: endpoints, the files that plugins fetch, and the emulator's own API."""
