"""Values to files and back: Arrow for what is Arrow's, pickle for everything else.

Neither way makes a second copy in memory. Arrow tables are mapped when they are read. Pickle's
protocol 5 writes the memory of large arrays and frames straight into the file, and reads it
straight into that of the new ones; so the file stays one that any ``pickle.load`` understands.
"""

from __future__ import annotations

import json
import pickle
import sys
from enum import Enum
from typing import Any

from .error import DeserializationError, SerializationError

_PROTOCOL = min(5, pickle.HIGHEST_PROTOCOL)


class Serialization(Enum):
    """How a value is written; the name is the suffix of its file.

    The first three are Orchest's. ``JSON`` is for steps in languages that have no pickle.
    """

    ARROW_TABLE = 0
    ARROW_BATCH = 1
    PICKLE = 2
    JSON = 3


def kind_of(data: Any) -> Serialization:
    """How a value will be written."""
    # Nothing can be of Arrow's unless it was imported; to import it takes time.
    arrow = sys.modules.get("pyarrow")
    if isinstance(data, getattr(arrow, "Table", ())):
        return Serialization.ARROW_TABLE
    if isinstance(data, getattr(arrow, "RecordBatch", ())):
        return Serialization.ARROW_BATCH
    return Serialization.PICKLE


def dump(data: Any, path: str, kind: Serialization) -> None:
    """Write a value to a new file.

    Raises:
        SerializationError: it can't be written that way.
        OSError: the disk is full, or the like.
    """
    try:
        if kind in (Serialization.ARROW_TABLE, Serialization.ARROW_BATCH):
            import pyarrow

            file = pyarrow.OSFile(path, "wb")
            with file, pyarrow.ipc.new_stream(file, data.schema) as stream:
                stream.write(data)
        elif kind is Serialization.JSON:
            with open(path, "x", encoding="utf-8") as file:
                json.dump(data, file)
        else:
            with open(path, "xb") as file:
                pickle.Pickler(file, _PROTOCOL).dump(data)
    except OSError:
        raise
    # What can go wrong depends on the classes of the data.
    except Exception as error:
        raise SerializationError(
            f"Data of type {type(data).__name__} can't be output: {error}"
        ) from error


def load(path: str, kind: Serialization) -> Any:
    """Read a value.

    Raises:
        DeserializationError: it can't be read here.
        FileNotFoundError: there is no such file.
    """
    try:
        if kind in (Serialization.ARROW_TABLE, Serialization.ARROW_BATCH):
            return _load_arrow(path, kind)
        if kind is Serialization.JSON:
            with open(path, encoding="utf-8") as file:
                return json.load(file)
        with open(path, "rb") as file:
            return pickle.load(file)  # noqa: S301 - what steps of the same run have written
    except FileNotFoundError:
        raise
    except Exception as error:
        raise DeserializationError(f"{path} can't be read: {_explain(error)}") from error


def _load_arrow(path: str, kind: Serialization) -> Any:
    import pyarrow

    # What is read keeps the mapping.
    with pyarrow.memory_map(path, "rb") as file, pyarrow.ipc.open_stream(file) as stream:
        if kind is Serialization.ARROW_TABLE:
            return stream.read_all()
        return stream.read_next_batch()


def _explain(error: Exception) -> str:
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, ImportError) and (error.name or "").split(".")[0] == "pyarrow":
        return f"{text}. Install pyarrow in the environment of this step, too."
    if isinstance(error, ImportError):
        return f"{text}. This step's environment needs what the data is made of, as the other's."
    if isinstance(error, AttributeError) and "__main__" in str(error):
        return (
            f"{text}. A class or function that is defined in a notebook or script stays there; "
            "put it into a module that both steps import."
        )
    return text
