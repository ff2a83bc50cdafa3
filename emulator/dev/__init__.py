"""The dev loop: watching, reloading, rerunning."""
