"""Searching without minding case and accents, alike on SQLite and PostgreSQL: `Q(name__contains_folded="lea")`.

What is looked for is folded in Python, what is stored by the database, as `carnet.kernel.text.fold` does it. SQLite
calls that very function. PostgreSQL takes characters apart, makes them small and takes the marks off.
"""

import sys
import unicodedata
from functools import cache
from typing import Any

from django.db.models import CharField, TextField
from django.db.models.lookups import PatternLookup, Transform

from carnet.kernel import text

SQLITE_FUNCTION = "carnet_fold"
# What PostgreSQL makes small depends on the locale of the database; our alphabets must not.
ALPHABETS = "abcdefghijklmnopqrstuvwxyzæœþøłđðħŧŋαβγδεζηθικλμνξοπρστυφχψωабвгдежзиклмнопрстуфхцчшщъыьэюяђєѕіјљњћџґ"


class Folded(Transform):
    """What is stored, folded; NULL stays NULL."""

    lookup_name = "folded"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function=SQLITE_FUNCTION, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **_extra: Any) -> Any:
        stored, values = compiler.compile(self.get_source_expressions()[0])
        capitals, small = ALPHABETS.upper(), ALPHABETS
        singles, as_letters = "".join(text.ONE_FOR_ONE), "".join(text.ONE_FOR_ONE.values())
        folded = f"translate(lower(normalize(({stored})::text, NFKD)), %s, %s)"
        folded = f"regexp_replace(translate({folded}, %s, %s), %s, '', 'g')"
        values = [*values, capitals, small, singles, as_letters, _marks()]
        for letter, letters in text.WRITTEN_OUT.items():
            folded, values = f"replace({folded}, %s, %s)", [*values, letter, letters]
        return folded, values


class ContainsFolded(PatternLookup):
    """Whether the words are a part of what is stored, case and accents aside."""

    lookup_name = "contains_folded"

    def __init__(self, lhs: Any, rhs: Any) -> None:
        super().__init__(Folded(lhs), text.fold(str(rhs)))

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        # No LIKE, whose own signs would have to be escaped, and which on SQLite looks at 50,000 characters at most.
        stored, values = self.process_lhs(compiler, connection)
        function = "instr" if connection.vendor == "sqlite" else "strpos"
        return f"{function}({stored}, %s) > 0", [*values, self.rhs]


def register() -> None:
    """Make both known to every field of text."""
    for field in (CharField, TextField):
        field.register_lookup(Folded)
        field.register_lookup(ContainsFolded)


def teach_sqlite(connection: Any, **_signal: Any) -> None:
    """Give a new connection the function; nothing to do on PostgreSQL."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(SQLITE_FUNCTION, 1, _fold, deterministic=True)


def _fold(stored: Any) -> str | None:
    return None if stored is None else text.fold(str(stored))


@cache
def _marks() -> str:
    """Every combining mark, as a class of a regular expression."""
    marks = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.combining(chr(code))]
    return f"[{''.join(marks)}]"
