"""Bodies of requests, of which no more is kept in memory than could be taken."""

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

    @property
    def body(self) -> bytes:
        """What was kept."""
        return bytes(getattr(self, "_received", b""))
