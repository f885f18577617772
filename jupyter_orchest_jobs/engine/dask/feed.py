"""A stream whose pieces come from elsewhere, read as a file by a thread."""

import threading
from collections import deque

_MOST = 4


class Broken(Exception):
    """No more comes of this stream: its sender has begun again, or nobody wants it any more."""


class Feed:
    """Hands pieces from whoever receives them to a thread that reads, a few at a time."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._pieces: deque[bytes] = deque()
        self._rest = b""
        self._is_complete = False
        self._is_broken = False

    def put(self, piece: bytes) -> None:
        """Add a piece; wait while there are enough of them.

        Raises:
            Broken: nobody reads any more.
        """
        with self._changed:
            self._changed.wait_for(lambda: len(self._pieces) < _MOST or self._is_broken)
            if self._is_broken:
                raise Broken
            self._pieces.append(piece)
            self._changed.notify_all()

    def end(self) -> None:
        """Say that all pieces are there."""
        with self._changed:
            self._is_complete = True
            self._changed.notify_all()

    def abort(self) -> None:
        """Give up, on either side."""
        with self._changed:
            self._is_broken = True
            self._changed.notify_all()

    def read(self, size: int = -1, /) -> bytes:
        """So many bytes, or all; fewer only at the end.

        Raises:
            Broken: no more comes.
        """
        found = [self._rest]
        length = len(self._rest)
        while size < 0 or length < size:
            piece = self._next()
            if piece is None:
                break
            found.append(piece)
            length += len(piece)
        data = b"".join(found)
        self._rest = b"" if size < 0 else data[size:]
        return data if size < 0 else data[:size]

    def _next(self) -> bytes | None:
        with self._changed:
            self._changed.wait_for(lambda: self._pieces or self._is_complete or self._is_broken)
            if self._is_broken:
                raise Broken
            piece = self._pieces.popleft() if self._pieces else None
            self._changed.notify_all()
            return piece
