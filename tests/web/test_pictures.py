from decimal import Decimal

import pytest

from carnet.web import pictures
from carnet.web.pictures import Front, Use


def test_stubs_are_punched_from_the_first_on() -> None:
    used = [Use("/my/tickets/1/", "Printer"), Use("/my/tickets/2/", "Photos")]
    drawn = pictures.carnet(
        Front(), quantity=8, spent=used, held=[Use("/my/tickets/3/", "Screen")], frozen=1, refunded=2
    )
    assert [stub.state for stub in drawn.stubs] == [
        "spent",
        "spent",
        "refunded",
        "refunded",
        "held",
        "frozen",
        "free",
        "free",
    ]
    assert [stub.number for stub in drawn.stubs] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert drawn.stubs[1].use == used[1]
    assert drawn.left == 2


def test_more_stubs_used_than_there_are() -> None:
    with pytest.raises(ValueError, match="more stubs used than the 2 that there are"):
        pictures.carnet(Front(), quantity=2, spent=[Use()], held=[Use()], frozen=1)


@pytest.mark.parametrize(("quantity", "size"), [(1, "few"), (5, "few"), (6, ""), (20, ""), (30, ""), (31, "many")])
def test_size_of_a_carnet(quantity: int, size: str) -> None:
    assert pictures.carnet(Front(), quantity=quantity).size == size


@pytest.mark.parametrize(
    ("done", "limit", "dash", "state"),
    [
        (0, 1800, "", ""),
        (-5, 1800, "", ""),
        (1, 1800, "0 100", ""),
        (372, 1800, "20.6 100", ""),
        (900, 1800, "50 100", ""),
        (1499, 1800, "83.2 100", ""),
        (1500, 1800, "83.3 100", "near"),
        (1799, 1800, "99.9 100", "near"),
        (1800, 1800, "100 100", "full"),
        (2400, 1800, "100 100", "full"),
        (599, 900, "66.5 100", ""),
        (600, 900, "66.6 100", "near"),
        (0, 0, "", "full"),
    ],
)
def test_ring(done: int, limit: int, dash: str, state: str) -> None:
    ring = pictures.Ring(done, limit)
    assert (ring.dash, ring.state) == (dash, state)


def test_tape_is_perforated_every_half_hour() -> None:
    tape = pictures.Tape(Front(), quantity=120, spent=35, held=15)
    assert tape.left == 70
    assert tape.perforations == [30, 60, 90]
    assert pictures.Tape(Front(), quantity=15).perforations == []


def test_chart_columns_reach_their_share_of_the_whole() -> None:
    columns = [
        pictures.Column("May", 59, "59 %"),
        pictures.Column("June", 100, "100 %"),
        pictures.Column("July", 0, "0 %"),
    ]
    chart = pictures.Chart(columns, whole=100)
    assert [(drawn.x, drawn.y, drawn.height) for drawn in chart.drawn] == [(0, 41, 59), (28, 0, 100), (56, 100, 0)]
    assert chart.width == 80


def test_chart_without_whole_fits_its_highest_column() -> None:
    chart = pictures.Chart([pictures.Column("a", 4, "4"), pictures.Column("b", 8, "8")])
    assert [drawn.height for drawn in chart.drawn] == [50, 100]
    assert pictures.Chart([]).drawn == []
    assert [drawn.height for drawn in pictures.Chart([pictures.Column("a", 0, "0")]).drawn] == [0]


@pytest.mark.parametrize(
    ("score", "width"), [("0", "0.0"), ("1", "24.0"), ("4.7", "112.8"), ("5", "120.0"), ("7", "120.0"), ("-1", "0.0")]
)
def test_stars_width(score: str, width: str) -> None:
    assert pictures.stars_width(Decimal(score)) == Decimal(width)
