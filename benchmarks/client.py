"""One HTTP connection that is asked again and again."""

from http.client import HTTPConnection, HTTPException


class Client:
    """Keeps its connection; opens a new one when that has been closed."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str) -> tuple[int, str]:
        """Status and body; status 0 and the reason if there is no answer."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: str) -> tuple[int, str]:
        """Status and body; status 0 and the reason if there is no answer."""
        return self._ask("POST", path, body)

    def close(self) -> None:
        self._connection.close()

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        try:
            self._connection.request(method, path, body)
            response = self._connection.getresponse()
            return response.status, response.read().decode()
        except (OSError, HTTPException) as error:
            self._connection.close()
            return 0, repr(error)
