"""Recording: what is remembered of reads."""

from pathlib import Path

from tests.support.memory import Memory, memory_at


def keys_read(memory: Memory) -> list[str]:
    with memory.store.file.reading() as db:
        return [key for (key,) in db.execute("SELECT key FROM reads ORDER BY key")]


def test_a_key_that_was_missing_at_first_is_read_when_it_is_found(tmp_path: Path) -> None:
    memory = memory_at(tmp_path)
    memory.round(("get", "k"), ("set", "k", b"1"))
    assert keys_read(memory) == []
    memory.round(("get", "k"))
    assert keys_read(memory) == ["k"]
