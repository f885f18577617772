"""What all our handlers have: bodies of which no more is kept than could be taken, and a log."""

from types import TracebackType

from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from jupyter_orchest_jobs.api.errors import MAX_BODY


@web.stream_request_body
class Bounded(JupyterHandler):
    """Keeps the beginning of a body; tornado alone would keep as much as the server allows."""

    most = MAX_BODY + 1
    """Bytes that are kept: one more than can be taken, so that too large ones are noticed."""

    def data_received(self, chunk: bytes) -> None:
        """Keep a piece, as far as there is room for it."""
        if not hasattr(self, "_received"):
            self._received = bytearray()
        self._received += chunk[: self.most - len(self._received)]

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Log what went wrong without the query, in which tornado would show the server's token."""
        request = self.request
        if not isinstance(value, web.HTTPError):
            said = "%s %s failed"
            self.log.error(said, request.method, request.path, exc_info=(typ, value, tb))  # type: ignore[arg-type]  # tornado has no value without them
        elif message := value.get_message():
            said = "%d %s %s: %r"  # names in it may have what moves the cursor of a terminal
            self.log.warning(said, value.status_code, request.method, request.path, message)

    @property
    def body(self) -> bytes:
        """What was kept."""
        return bytes(getattr(self, "_received", b""))
