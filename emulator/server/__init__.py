"""HTTP on loopback: the files that plugins fetch; endpoints and pages follow with ``dev``."""
