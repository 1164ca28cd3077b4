"""Two agents and a customer do what the dice say, and every moment is told as by docs/rules.md (T2–T8, T10, T14, T15);
and the cases that such histories found. CARNET_EXAMPLES=N asks for more of them.
"""

import itertools
import os

import pytest

from tests.proofs import ledger_faults, ticket_faults
from tests.tickets.dice import OPENINGS, begin
from tests.tickets.told import Told
from tests.work.household import MINUTE

pytestmark = pytest.mark.django_db

# Each opening once at least.
EXAMPLES = int(os.environ.get("CARNET_EXAMPLES") or (len(OPENINGS) * (5 if os.environ.get("CI") else 1)))
STEPS = 12


@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_the_program_tells_what_the_household_tells(seed, tell):
    history = begin(seed, tell)
    told = history.told
    told.compare()
    for _ in range(STEPS):
        history.step()
        told.compare()
    for number in range(len(told.tickets)):
        told.tell("pass", 1, False)
        told.tell("close", number, False)
    told.compare()
    assert (ticket_faults(), ledger_faults(told.customer)) == ([], []), told.story("verify")


@pytest.fixture
def tell(martins, claire, awa, odile):
    """«Tell» histories of a customer who has this, and «is» says how a ticket stands at the end of it."""

    def start(**purse: int) -> Told:
        return Told(martins, claire, [awa, odile], **purse)

    return start


def tells(told: Told, *history: tuple[object, ...]) -> Told:
    """Each line: a number of minutes that pass, or what is done."""
    for line in history:
        if line[0] == "pass":
            told.tell("pass", int(float(str(line[1])) * MINUTE), False)
        else:
            assert told.tell(*line), told.story("refused")  # type: ignore[arg-type]
        told.compare()
    assert (ticket_faults(), ledger_faults(told.customer)) == ([], []), told.story("verify")
    return told


def stands(told: Told, number: int = 0) -> tuple[float, float, str, int, int, int]:
    """Charged and offered minutes, state; free minutes, tokens and minutes that pay."""
    ticket = told.home.tickets[number]
    offered = sum(len(one.offered) for one in ticket.sessions if one.charges)
    charged = ticket.used / MINUTE
    return charged, offered / MINUTE, ticket.state, ticket.free_minutes, ticket.had["tokens"], ticket.had["minutes"]


WAYS = [
    ({"tokens": 5}, ("tokens", "", 2), (0, 2, 0)),
    ({"minutes": 300}, ("minutes", "", 60), (0, 0, 60)),
    ({"free": 15, "tokens": 5}, ("trial", "tokens", 2), (15, 2, 0)),
    ({"free": 15, "minutes": 300}, ("trial", "minutes", 60), (15, 0, 45)),
]


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize(("purse", "way", "paid_by"), WAYS)
def test_case_J1_it_does_not_matter_who_stops_first(tell, purse, way, paid_by, first):
    told = tells(
        tell(**purse), ("open", *way), ("start", 0, 0, True), ("pass", 30), ("start", 1, 0, True), ("pass", 25),
        ("stop", first, 0, ""), ("stop", 1 - first, 0, ""),
    )  # fmt: skip
    assert stands(told) == (55, 0, "covered", *paid_by)


@pytest.mark.parametrize(("purse", "way", "paid_by"), WAYS)
def test_case_J1_a_clock_that_stood_still_is_recorded_after_the_work_of_another(tell, purse, way, paid_by):
    told = tells(
        tell(**purse), ("open", *way), ("start", 0, 0, True), ("pass", 20), ("halt", 0, 0), ("start", 1, 0, True),
        ("pass", 30), ("stop", 1, 0, ""), ("stop", 0, 0, ""),
    )  # fmt: skip
    assert stands(told)[:2] == (50, 0)
    assert stands(told)[3:] == paid_by


def test_case_J1_time_recorded_late_lies_within_what_was_paid(tell):
    """What was taken for the training pays for the time beside it, though more was worked since."""
    told = tells(
        tell(tokens=5), ("open", "tokens", "", 2), ("start", 0, 0, True), ("pass", 40), ("stop", 0, 0, ""),
    )  # fmt: skip
    first = told.home.tickets[0].sessions[0]
    tells(
        told, ("correct", 0, first.ticks[0], first.ticks[-1], len(first.ticks), False), ("pass", 1),
        ("start", 1, 0, True), ("pass", 35), ("stop", 1, 0, ""), ("record", 1, 0, 5 * MINUTE, 10 * MINUTE, True),
    )  # fmt: skip
    assert stands(told) == (45, 0, "covered", 0, 2, 0)


@pytest.mark.parametrize(
    ("purse", "kind", "lengths", "costs"),
    [
        ({"tokens": 9}, "tokens", (30, 30, 0), 2),
        ({"tokens": 9}, "tokens", (12, 14, 20, 10), 2),
        ({"minutes": 300}, "minutes", (30, 25, 0), 55),
        ({"minutes": 300}, "minutes", (10, 10, 0, 20), 40),
    ],
)
def test_case_J2_three_and_four_tickets_merge_in_every_order(tell, purse, kind, lengths, costs):
    """Of tokens and of minutes, and the last one can always be closed."""
    told = tell(**purse)
    orders = [order for order in itertools.permutations(range(len(lengths))) if order[0] < order[1]]
    for order in orders[:: len(orders) // 3]:
        begins = len(told.tickets)
        left = dict(told.home.units)
        history: list[tuple[object, ...]] = []
        for number, length in enumerate(lengths, begins):
            history.append(("open", kind, "", 0))
            if length:
                history += [("start", 0, number, True), ("pass", length), ("stop", 0, number, "")]
        *sources, target = (begins + place for place in order)
        for source in sources:
            history += [("pass", 1), ("merge", source, target)]
        tells(told, *history, ("pass", 1), ("close", target, False))
        assert left[kind] - told.home.units[kind] == costs


def test_case_J2_minutes_of_one_new_pack_bear_its_first_30_once(tell):
    told = tells(
        tell(minutes=300), ("open", "minutes", "", 0), ("open", "minutes", "", 0), ("start", 0, 0, True), ("pass", 10),
        ("stop", 0, 0, ""), ("start", 0, 1, True), ("pass", 10), ("stop", 0, 1, ""), ("merge", 0, 1), ("pass", 1),
        ("close", 1, False), ("open", "minutes", "", 0), ("start", 0, 2, True), ("pass", 4), ("stop", 0, 2, ""),
        ("pass", 1), ("close", 2, False),
    )  # fmt: skip
    assert told.home.units["minutes"] == 300 - 30 - 4


@pytest.mark.parametrize(
    ("purse", "way", "low", "worked", "paid_by"),
    [
        ({"tokens": 5}, ("tokens", "", 2), ("tokens", 1), 30.5, (0, 1, 0)),
        ({"minutes": 300}, ("minutes", "", 60), ("minutes", 30), 30.5, (0, 0, 30)),
        ({"free": 15, "tokens": 5}, ("trial", "tokens", 2), ("tokens", 1), 45.5, (15, 1, 0)),
    ],
)
def test_case_J3_the_ceiling_is_what_was_said_last(tell, purse, way, low, worked, paid_by):
    told = tells(
        tell(**purse), ("open", *way), ("start", 0, 0, True), ("pass", worked), ("stop", 0, 0, ""),
        ("stop_at", 0, *low), ("pass", 1), ("close", 0, False), ("pass", 1), ("reopen", 0),
    )  # fmt: skip
    assert stands(told) == (worked, 0, "waiting", *paid_by)


@pytest.mark.parametrize("worked", [0, 10])
@pytest.mark.parametrize("then", ["", "tokens", "minutes"])
def test_case_J4_free_minutes_that_are_left_are_reserved_again(tell, worked, then):
    """Nothing was worked, or it was corrected to nothing once it was closed."""
    told = tells(tell(free=15, tokens=5, minutes=60), ("open", "trial", then, 0))
    if worked:
        tells(told, ("start", 0, 0, True), ("pass", worked), ("stop", 0, 0, ""))
    tells(told, ("pass", 1), ("close", 0, False), ("pass", 1))
    if worked:
        tells(told, ("correct", 0, 0, worked * MINUTE - 1, 0, False), ("pass", 1))
    tells(told, ("reopen", 0))
    assert stands(told) == (0, 0, "covered", 15, 0, 0)


@pytest.mark.parametrize("purse", [{}, {"tokens": 5}, {"minutes": 60}])
def test_case_J5_only_the_answer_covers_what_was_split_off(tell, purse):
    told = tells(tell(tokens=1), ("open", "tokens", "", 0))
    for kind, units in purse.items():
        tells(told, ("buy", kind[:-1], units))
    tells(told, ("split", 0), ("pass", 1), ("buy", "token", 3))
    assert stands(told, 1) == (0, 0, "waiting", 0, 0, 0)
    tells(told, ("pass", 1), ("close", 1, False), ("pass", 1), ("reopen", 1), ("buy", "token", 3))
    assert stands(told, 1) == (0, 0, "waiting", 0, 0, 0)
    tells(told, ("agree", 1, "tokens", 1))
    assert stands(told, 1) == (0, 0, "covered", 0, 1, 0)


@pytest.mark.parametrize(
    ("purse", "way", "lengths"),
    [
        ({"tokens": 5}, ("tokens", "", 1), (15, 15)),
        ({"minutes": 300}, ("minutes", "", 30), (15, 15)),
        ({"free": 15}, ("trial", "", 0), (5, 10)),
    ],
)
def test_case_J6_offered_stays_offered_whatever_is_corrected(tell, purse, way, lengths):
    first, second = lengths
    told = tells(
        tell(**purse), ("open", *way), ("start", 0, 0, True), ("pass", first), ("stop", 0, 0, ""),
        ("start", 0, 0, True), ("go_on", 0, 0), ("pass", second), ("pass", 10),
        ("correct", 0, 0, first * MINUTE - 1, first * MINUTE, False), ("stop", 0, 0, ""),
    )  # fmt: skip
    assert stands(told)[:3] == (second, 10, "covered")


@pytest.mark.parametrize("first", [0, 1])
def test_case_J6_what_an_agent_says_at_the_stop_makes_nothing_of_another_chargeable(tell, first):
    told = tells(
        tell(tokens=5), ("open", "tokens", "", 1), ("start", 0, 0, True), ("pass", 20), ("start", 1, 0, True),
        ("go_on", 1, 0), ("pass", 20), ("stop", first, 0, "training" if first == 0 else ""),
        ("stop", 1 - first, 0, "training" if first == 1 else ""),
    )  # fmt: skip
    assert stands(told)[:3] == (10, 10, "covered")


@pytest.mark.parametrize(
    ("purse", "way", "worked"),
    [
        ({"tokens": 5}, ("tokens", "", 1), 30),
        ({"tokens": 1}, ("tokens", "", 1), 30),
        ({"minutes": 300}, ("minutes", "", 30), 30),
        ({"free": 15}, ("trial", "", 0), 15),
    ],
)
def test_case_J7_time_lowered_while_it_waits_lets_it_go_on(tell, purse, way, worked):
    told = tells(
        tell(**purse), ("open", *way), ("start", 0, 0, True), ("pass", worked), ("stop", 0, 0, ""), ("pass", 5)
    )  # fmt: skip
    assert stands(told)[2] == "waiting"
    tells(told, ("correct", 0, 0, worked * MINUTE - 1, 10 * MINUTE, True))
    assert stands(told)[:3] == (10, 0, "covered")
    tells(told, ("start", 1, 0, True), ("pass", 2), ("stop", 1, 0, ""))
    assert stands(told)[:2] == (12, 0)


@pytest.mark.parametrize(
    ("purse", "way"),
    [({"free": 15}, ("trial", "", 0)), ({"free": 15, "tokens": 5}, ("trial", "tokens", 0))],
)
def test_case_J8_seconds_of_free_minutes_count_on(tell, purse, way):
    told = tells(
        tell(**purse), ("open", *way), ("start", 0, 0, True), ("pass", 50 / 60), ("stop", 0, 0, ""), ("pass", 1),
        ("close", 0, False), ("pass", 1), ("reopen", 0),
    )  # fmt: skip
    assert stands(told)[:3] == (50 / 60, 0, "covered")
    tells(told, ("start", 0, 0, True), ("pass", 15), ("stop", 0, 0, ""))
    charged, offered = stands(told)[:2]
    assert (charged, offered) == (15 + 50 / 60, 0)  # a started free minute stays free


def test_case_J8_only_a_waived_price_makes_worked_time_offered(tell):
    told = tells(
        tell(tokens=5), ("open", "tokens", "", 0), ("start", 0, 0, True), ("pass", 12), ("stop", 0, 0, ""), ("pass", 1),
        ("close", 0, True), ("pass", 1), ("reopen", 0),
    )  # fmt: skip
    assert stands(told)[:2] == (0, 12)
