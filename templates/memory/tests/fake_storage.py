"""Storage as Dify has it, in a dictionary: as strict, so that mistakes show in a test."""


class FakeStorage:
    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}

    def get(self, key: str) -> bytes:
        return self.values[key]

    def set(self, key: str, val: bytes) -> None:
        assert isinstance(val, bytes), "Dify stores bytes only"
        self.values[key] = val

    def delete(self, key: str) -> None:
        del self.values[key]

    def exist(self, key: str) -> bool:
        return key in self.values
