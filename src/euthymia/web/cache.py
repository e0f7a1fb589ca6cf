"""Answers that were given already: the latest used are kept, and what several ask for at once is computed once."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from threading import Lock

from pydantic import BaseModel


class Kept:
    """Bytes by the content of the question, the longest unused thrown away; safe between threads."""

    def __init__(self, most: int) -> None:
        """Begin with nothing.

        Args:
            most: Bytes that are kept in all.
        """
        self._most, self._size = most, 0
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key, or None."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: str, value: bytes) -> bytes:
        """Keep an answer and return it."""
        with self._lock:
            self._size += len(value) - len(self._held.pop(key, b""))
            self._held[key] = value
            while self._size > self._most and self._held:
                self._size -= len(self._held.popitem(last=False)[1])
        return value


def key_of(name: str, *parts: BaseModel | str | float | None) -> str:
    """Return the name of a question by its content.

    Args:
        name: What kind of question.
        parts: What is asked; models by all of their fields.
    """
    plain = [each.model_dump(mode="json") if isinstance(each, BaseModel) else each for each in parts]
    text = json.dumps([name, plain], sort_keys=True, ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
