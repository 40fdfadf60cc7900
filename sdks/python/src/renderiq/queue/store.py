"""The orders on disk: a table of SQLite, and the pictures beside it. Each change is on disk when its method returns."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from renderiq.bodies import File
from renderiq.errors import DiskError, StateError
from renderiq.files import write_durably
from renderiq.queue.items import SETTLED, Order, Paused, Reason, Upload

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS orders (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  key TEXT NOT NULL,
  state TEXT NOT NULL,
  fields TEXT NOT NULL,
  pictures TEXT NOT NULL,
  output TEXT,
  uploads TEXT NOT NULL DEFAULT '{}',
  render_id TEXT,
  is_unsure INTEGER NOT NULL DEFAULT 0,
  is_cancelling INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  due REAL,
  reason TEXT,
  is_temporary INTEGER NOT NULL DEFAULT 0,
  result TEXT
);
CREATE INDEX IF NOT EXISTS orders_by_state ON orders (state);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_BUSY_SECONDS: Final = 30.0
_ORPHAN_SECONDS: Final = 3600.0
_COLUMNS: Final = (
    "id", "key", "state", "fields", "pictures", "output", "uploads", "render_id", "is_unsure", "is_cancelling",
    "failures", "due", "reason", "is_temporary", "result",
)  # fmt: skip


class OrderStore:
    """Orders in ``directory``. Several processes may use it at the same time."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.lock_path = directory / "sender.lock"
        self._is_made = False

    def add(self, order: Order, pictures: dict[str, File]) -> Order:
        """Stores a new order and its pictures, and returns it with its number.

        Raises ``DiskError``; nothing is stored then.
        """
        folder = self._folder(order.id)
        try:
            for file in pictures.values():
                write_durably(folder / file.name, file.content)
            with self._connection() as connection:
                names = ", ".join(_COLUMNS)
                marks = ", ".join("?" for _ in _COLUMNS)
                cursor = connection.execute(f"INSERT INTO orders ({names}) VALUES ({marks})", _row(order))  # noqa: S608
                number = cursor.lastrowid
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return replace(order, number=number or 0)

    def save(self, order: Order, *, cancellation_is_done: bool = False) -> None:
        """Stores what the sender has done. What a user has done meanwhile counts more.

        Raises ``SupersededError`` if the order was edited or has ended. If it is to be cancelled since, it is due at
        once; ``cancellation_is_done`` tells that the server knows.
        """
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            self._replace(connection, order, cancellation_is_done=cancellation_is_done)

    def get(self, order_id: str) -> Order:
        """Returns an order. Raises ``StateError``."""
        with self._connection() as connection:
            row = connection.execute("SELECT * FROM orders WHERE id = ?", (order_id,)).fetchone()
        if row is None:
            raise StateError("NOT_FOUND", "The queue has no such order.")
        return _order(row)

    @contextmanager
    def changing(self, order_id: str) -> Iterator[_Change]:
        """Gives an order to change while nobody else changes one. Raises ``StateError``."""
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            row = connection.execute("SELECT * FROM orders WHERE id = ?", (order_id,)).fetchone()
            if row is None:
                raise StateError("NOT_FOUND", "The queue has no such order.")
            change = _Change(_order(row))
            yield change
            _update(connection, change.order)

    def all(self) -> list[Order]:
        """Returns all orders, in the order they were added."""
        with self._connection() as connection:
            return [_order(row) for row in connection.execute("SELECT * FROM orders ORDER BY number")]

    def active(self) -> list[Order]:
        """Returns the orders that have not ended, in the order they were added."""
        marks = ", ".join("?" for _ in SETTLED)
        with self._connection() as connection:
            rows = connection.execute(f"SELECT * FROM orders WHERE state NOT IN ({marks}) ORDER BY number", SETTLED)  # noqa: S608
            return [_order(row) for row in rows]

    def remove(self, order_id: str) -> None:
        """Forgets an order and its pictures, and leaves its result."""
        with self._connection() as connection:
            connection.execute("DELETE FROM orders WHERE id = ?", (order_id,))
        shutil.rmtree(self._folder(order_id), ignore_errors=True)

    def paused(self) -> Paused | None:
        """Returns why the queue is paused, or None."""
        with self._connection() as connection:
            row = connection.execute("SELECT value FROM settings WHERE name = 'paused'").fetchone()
        return Paused(**json.loads(row["value"])) if row else None

    def pause(self, paused: Paused, order: Order) -> None:
        """Pauses the queue because of an order, which is stored as ``save`` does."""
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("REPLACE INTO settings VALUES ('paused', ?)", (json.dumps(asdict(paused)),))
            self._replace(connection, order)

    def resume(self, now: float) -> None:
        """Ends the pause. The orders that were held are due at once."""
        marks = ", ".join("?" for _ in SETTLED)
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DELETE FROM settings WHERE name = 'paused'")
            statement = f"UPDATE orders SET due = ? WHERE due IS NULL AND state NOT IN ({marks})"  # noqa: S608
            connection.execute(statement, (now, *SETTLED))

    def wake(self, now: float) -> None:
        """Makes due what failed temporarily."""
        with self._connection() as connection:
            connection.execute("UPDATE orders SET due = ? WHERE is_temporary = 1 AND due IS NOT NULL", (now,))

    def picture(self, order: Order, name: str) -> Path:
        """Returns the path of a picture of an order."""
        return self._folder(order.id) / order.pictures[name]

    def result_path(self, order: Order, suffix: str) -> Path:
        """Returns where the picture of a finished order goes."""
        return (
            Path(order.output) if order.output else self.directory / "results" / f"{order.number:06}-{order.id}{suffix}"
        )

    def remove_orphans(self) -> None:
        """Removes pictures of orders that were being added when their process ended."""
        folders = list((self.directory / "orders").glob("*")) if (self.directory / "orders").is_dir() else []
        known = {order.id for order in self.all()} if folders else set()
        for folder in folders:
            if folder.name not in known and time.time() - folder.stat().st_mtime > _ORPHAN_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)

    def _replace(self, connection: sqlite3.Connection, order: Order, *, cancellation_is_done: bool = False) -> None:
        row = connection.execute("SELECT * FROM orders WHERE number = ?", (order.number,)).fetchone()
        now = _order(row) if row else None
        if now is None or now.key != order.key or now.state in SETTLED:
            raise SupersededError
        was_cancelled = now.is_cancelling and not order.is_cancelling and order.state not in SETTLED
        if was_cancelled and not cancellation_is_done:
            order = replace(order, is_cancelling=True, reason=now.reason, due=0.0, is_temporary=False)
        _update(connection, order)

    def _folder(self, order_id: str) -> Path:
        return self.directory / "orders" / order_id

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A transaction. Raises ``DiskError``."""
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            path = self.directory / "queue.db"
            with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
                connection.row_factory = sqlite3.Row
                connection.execute("PRAGMA synchronous = FULL")  # a change survives a loss of power
                if not self._is_made:
                    connection.executescript(_SCHEMA)
                    self._is_made = True
                try:
                    yield connection
                except BaseException:
                    if connection.in_transaction:
                        connection.rollback()
                    raise
                if connection.in_transaction:
                    connection.commit()
        except sqlite3.Error as error:
            full = "full" in str(error)
            raise DiskError(
                "DISK_FULL" if full else "DISK_ERROR",
                "The disk is full. Free some space and try again." if full else f"The queue cannot be read: {error}",
                retryable=True,
            ) from error
        except OSError as error:
            from renderiq.files import disk_error

            raise disk_error(error) from error


class SupersededError(Exception):
    """A user has edited or ended an order while the sender worked on it."""


class _Change:
    """An order while it is changed."""

    def __init__(self, order: Order) -> None:
        self.order = order


def _update(connection: sqlite3.Connection, order: Order) -> None:
    assignments = ", ".join(f"{name} = ?" for name in _COLUMNS)
    connection.execute(f"UPDATE orders SET {assignments} WHERE number = ?", (*_row(order), order.number))  # noqa: S608


def _values(order: Order) -> dict[str, Any]:
    return {name: getattr(order, name) for name in Order.__dataclass_fields__}


def _row(order: Order) -> tuple[Any, ...]:
    values = _values(order)
    values["fields"] = json.dumps(order.fields)
    values["pictures"] = json.dumps(order.pictures)
    values["uploads"] = json.dumps({name: asdict(each) for name, each in order.uploads.items()})
    values["reason"] = json.dumps(asdict(order.reason)) if order.reason else None
    return tuple(int(value) if isinstance(value, bool) else value for value in (values[name] for name in _COLUMNS))


def _order(row: sqlite3.Row) -> Order:
    values = dict(row)
    values["fields"] = json.loads(values["fields"])
    values["pictures"] = json.loads(values["pictures"])
    values["uploads"] = {name: Upload(**each) for name, each in json.loads(values["uploads"]).items()}
    values["reason"] = Reason(**json.loads(values["reason"])) if values["reason"] else None
    for name in ("is_unsure", "is_cancelling", "is_temporary"):
        values[name] = bool(values[name])
    return Order(**values)


def name_of_picture(field: str, file: File) -> str:
    """Returns the name of a picture in the folder of its order."""
    return field + (os.path.splitext(file.name)[1] or ".png")
