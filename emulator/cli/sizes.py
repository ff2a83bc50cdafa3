"""Sizes and numbers for people."""


def count_of(count: int, thing: str) -> str:
    """``1 key``, ``2 keys``."""
    return f"{count} {thing if count == 1 else thing + 's'}"


def human_size(size: int | None) -> str:
    """``188 B``, ``4.0 KiB``, ``2.6 MiB``."""
    if size is None:
        return "nothing"
    if abs(size) < 1024:
        return f"{size} B"
    amount, unit = size / 1024, "KiB"
    for larger in ("MiB", "GiB"):
        if abs(amount) < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.1f} {unit}"
