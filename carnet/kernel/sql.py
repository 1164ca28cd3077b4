"""SQL written out, for the statements that move units: composing them from querysets takes longer than the database
needs for them, and so does waiting for the answer to each; and for rows that are stored once, whoever comes first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import BigIntegerField, CharField, Field, Model, PositiveIntegerField, QuerySet, TextField

# Fields whose values every database takes as they are.
PLAIN = (BigIntegerField, CharField, PositiveIntegerField, TextField)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, its values, and what is made of the answer."""

    text: str
    values: Sequence[Any]
    answer: Callable[[CursorWrapper], Any]


def carry_out(*statements: Statement) -> list[Any]:
    """Carry the statements out in this order, and give their answers.

    PostgreSQL gets all of them in one message, and each still sees what was committed before it begins, as if it
    came alone: what stands behind one that waited for a lock sees what the other has written.
    """
    answers: list[Any] = []
    if not statements:
        return answers
    database = _database()
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            values = [value for statement in statements for value in statement.values]
            cursor.execute("; ".join(statement.text for statement in statements), values)
            for statement in statements:
                answers.append(statement.answer(cursor))
                cursor.nextset()
        else:
            for statement in statements:
                cursor.execute(statement.text, statement.values)
                answers.append(statement.answer(cursor))
    return answers


def plain_rows(rows: QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """The rows of a `values_list` as the database gives them: for thousands of numbers and texts, each of which Django
    would convert into what it is already.
    """
    text, values = rows.query.sql_with_params()
    with _database().cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()


def rows(model: type[Model], *, rest: str, values: Sequence[Any]) -> Statement:
    """Answers with the rows that `rest` names («WHERE …») as saved instances."""

    def answer(cursor: CursorWrapper) -> list[Any]:
        return [_made(model, row) for row in cursor.fetchall()]

    return Statement(f"SELECT {_columns(model)} FROM {model._meta.db_table} {rest}", values, answer)


def pairs(model: type[Model], other: type[Model], *, rest: str, values: Sequence[Any]) -> Statement:
    """Answers with rows of both models, side by side as `rest` joins them («JOIN … WHERE …»), as saved instances."""
    width = len(model._meta.concrete_fields)

    def answer(cursor: CursorWrapper) -> list[Any]:
        return [(_made(model, row[:width]), _made(other, row[width:])) for row in cursor.fetchall()]

    columns = f"{_columns(model)}, {_columns(other)}"
    return Statement(f"SELECT {columns} FROM {model._meta.db_table} {rest}", values, answer)


def values(text: str, values: Sequence[Any]) -> Statement:
    """Answers with the rows that `text` selects, as tuples."""
    return Statement(text, values, lambda cursor: cursor.fetchall())


def handing(statement: Statement, take: Callable[[Any], None]) -> Statement:
    """The same statement, whose answer is handed to `take`."""
    return Statement(statement.text, statement.values, lambda cursor: take(statement.answer(cursor)))


def new(row: Model) -> Statement:
    """Stores a new row, which gets its id."""

    def answer(cursor: CursorWrapper) -> None:
        _take_id(row, cursor.fetchone()[0])

    return Statement(_insertion(type(row)), _values_of(row), answer)


def new_unless_known(row: Model, column: str) -> Statement:
    """Stores a new row, which gets its id, and answers whether it did: not if the value of this unique `column` is
    there. Waits for another transaction that is just storing the same value.
    """

    def answer(cursor: CursorWrapper) -> bool:
        found = cursor.fetchone()
        if found is None:
            return False
        _take_id(row, found[0])
        return True

    return Statement(_insertion(type(row), known_by=column), _values_of(row), answer)


def change(text: str, values: Sequence[Any]) -> Statement:
    """Changes one row, which must be there."""

    def answer(cursor: CursorWrapper) -> None:
        assert cursor.rowcount == 1, f"changed {cursor.rowcount} rows: {text} {values}"

    return Statement(text, values, answer)


def for_update() -> str:
    """What makes a SELECT lock what it reads; on SQLite nothing: a transaction holds the lock from its start."""
    return "FOR UPDATE" if _database().features.has_select_for_update else ""


def _database() -> BaseDatabaseWrapper:
    """The connection itself; `django.db.connection` looks it up anew for each attribute."""
    return connections[DEFAULT_DB_ALIAS]


@cache
def _columns(model: type[Model]) -> str:
    return ", ".join(f"{model._meta.db_table}.{field.column}" for field in model._meta.concrete_fields)


@cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _converters(model: type[Model]) -> list[tuple[int, Any, Callable[..., Any]]]:
    """What must be done to columns that the database gives in another form, such as instants on SQLite."""
    database = _database()
    return [
        (position, column, convert)
        for position, field in enumerate(model._meta.concrete_fields)
        for column in [field.get_col(model._meta.db_table)]
        for convert in [*database.ops.get_db_converters(column), *column.get_db_converters(database)]
    ]


def _made(model: type[Model], row: Sequence[Any]) -> Model:
    values, database = list(row), _database()
    for position, column, convert in _converters(model):
        values[position] = convert(values[position], column, database)
    return model.from_db(database.alias, _names(model), values)


@cache
def _but_the_id(model: type[Model]) -> list[Field]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def _values_of(row: Model) -> list[Any]:
    values, database = [], _database()
    for field in _but_the_id(type(row)):
        value = getattr(row, field.attname)
        values.append(value if type(field) in PLAIN else field.get_db_prep_save(value, database))
    return values


def _take_id(row: Model, key: int) -> None:
    row.pk = key
    row._state.adding, row._state.db = False, _database().alias


@cache
def _insertion(model: type[Model], known_by: str = "") -> str:
    fields = _but_the_id(model)
    columns = ", ".join(_database().ops.quote_name(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    rule = f"ON CONFLICT ({known_by}) DO NOTHING " if known_by else ""
    return f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({marks}) {rule}RETURNING {model._meta.pk.column}"
