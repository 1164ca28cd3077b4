from carnet.audit.models import Entry
from carnet.ledger.models import Movement
from carnet.people.models import Membership
from carnet.work.actions import covers
from carnet.work.models import Cover
from carnet.work.queries import covers as queries
from tests.factories.ledger import TEST, buckets, give, give_trial, moment, sell
from tests.factories.work import end, extend, limits, open_cover, paid, price, worked

LATER = "2027-01-14 12:00"


def cover_waiting(customer, at=LATER):
    return covers.cover_waiting(customer=customer, by=TEST, at=moment(at))


def test_T15_covered_after_the_purchase(martins, claire):
    cover = open_cover(martins, claire)
    pack = sell(martins, 5, at="2027-01-14 11:00")
    assert cover_waiting(martins) == [cover]
    cover.refresh_from_db()
    assert (cover.state, cover.means, cover.covered_at, cover.waiting_since) == (
        "covered", "tokens", moment(LATER), None,
    )  # fmt: skip
    assert (paid(cover), buckets(pack)) == ([(moment(LATER), 1800, "tokens")], {"available": 4, "reserved": 1})


def test_L10_the_longest_wait_first_and_the_rest_goes_on_waiting(martins, claire, hugo):
    covers = [open_cover(martins, (claire, hugo)[n % 2], at=f"2027-01-11 12:0{9 - n}") for n in range(4)]
    give(martins, 2, at="2027-01-14 11:00")
    assert cover_waiting(martins) == [covers[3], covers[2]]
    assert cover_waiting(martins) == []
    assert list(Cover.objects.waiting()) == [covers[1], covers[0]]


def test_T5_with_consent_it_goes_on_with_the_next_token(martins, claire):
    give_trial(martins)
    cover = extend(open_cover(martins, claire, means="trial", then="tokens"), at="2027-01-11 12:20")
    give(martins, 1, at="2027-01-14 11:00")
    assert cover_waiting(martins) == [cover]
    assert limits(cover) == [(moment("2027-01-11 12:00"), 900), (moment(LATER), 2700)]


def test_F3_after_a_purchase_the_ticket_goes_on_with_a_fresh_count(martins, claire):
    give_trial(martins)
    cover = extend(open_cover(martins, claire, means="trial"), at="2027-01-11 12:20")
    sell(martins, 5, at="2027-01-14 11:00")
    (cover,) = cover_waiting(martins)
    assert (cover.token_ceiling, cover.state) == (1, "covered")
    cover = end(cover, worked("2027-01-11 12:05", "15:00"), worked("2027-01-14 12:10", "22:00"))
    assert price(cover) == (15, 1)


def test_T4_tokens_that_were_there_are_not_taken_without_consent(martins, claire):
    pack = sell(martins, 5)
    give_trial(martins)
    extend(open_cover(martins, claire, means="trial"), at="2027-01-11 12:20")
    assert (cover_waiting(martins), buckets(pack)) == ([], {"available": 5})


def test_T5_bought_on_day_3_the_second_token_is_from_the_new_lot(martins, claire):
    first = sell(martins, 1)
    cover = extend(open_cover(martins, claire), at="2027-01-11 13:00")
    assert (cover.state, cover.waits_for) == ("waiting", "units")
    pack = sell(martins, 5, at="2027-01-14 11:00")
    assert cover_waiting(martins) == [cover]
    assert (buckets(first), buckets(pack)) == ({"reserved": 1}, {"available": 4, "reserved": 1})


def test_T4_where_somebody_was_asked_new_tokens_are_not_taken_either(martins, claire):
    sell(martins, 2)
    cover = extend(open_cover(martins, claire), at="2027-01-11 13:00")
    assert (cover.state, cover.waits_for) == ("waiting", "consent")
    pack = sell(martins, 5, at="2027-01-14 11:00")
    assert (cover_waiting(martins), buckets(pack)) == ([], {"available": 5})


def test_T5_minutes_that_were_bought_pay_on_for_minutes(martins, claire):
    sell(martins, 40, unit="minute")
    cover = open_cover(martins, claire, means="minutes")
    cover = extend(extend(cover, at="2027-01-11 13:00"), at="2027-01-11 13:10")
    assert (cover.state, cover.waits_for) == ("waiting", "units")
    tokens = sell(martins, 5, at="2027-01-13 11:00")
    assert (cover_waiting(martins), buckets(tokens)) == ([], {"available": 5})
    pack = sell(martins, 120, unit="minute", at="2027-01-14 11:00")
    assert cover_waiting(martins) == [cover]
    assert buckets(pack) == {"available": 105, "reserved": 15}


def test_H5_a_fresh_question_takes_what_expires_first(martins, claire):
    cover = open_cover(martins, claire, means="none")
    sell(martins, 3, months=12, at="2027-01-13 11:00")
    pack = sell(martins, 120, unit="minute", months=6, at="2027-01-14 11:00")
    (covered,) = cover_waiting(martins)
    assert (covered, covered.means, covered.token_ceiling, covered.minute_ceiling) == (cover, "minutes", 0, 60)
    assert buckets(pack) == {"available": 90, "reserved": 30}


def test_F2_free_minutes_that_came_back_are_taken_first(martins, claire):
    trial = give_trial(martins)
    first = open_cover(martins, claire, "trial")
    second = open_cover(martins, claire, "trial", at="2027-01-11 12:01")
    assert cover_waiting(martins) == []
    end(first, worked("2027-01-11 12:05", "9:00"), at="2027-01-12 12:00")
    pack = sell(martins, 5, at="2027-01-14 11:00")
    assert cover_waiting(martins) == [second]
    second.refresh_from_db()
    assert (second.means, second.free_minutes, buckets(trial), buckets(pack)) == (
        "trial", 6, {"reserved": 6, "spent": 9}, {"available": 5},
    )  # fmt: skip


def test_what_was_chosen_for_free_and_had_none_takes_a_token_that_was_bought(martins, claire):
    sell(martins, 1, at="2027-01-01 12:00")
    cover = open_cover(martins, claire, means="trial")
    assert cover_waiting(martins) == []
    sell(martins, 1, at="2027-01-14 11:00")
    assert cover_waiting(martins) == [cover]


def test_nothing_for_a_person_removed_meanwhile(martins, hugo):
    open_cover(martins, hugo)
    sell(martins, 5, at="2027-01-14 11:00")
    Membership.objects.filter(person=hugo).update(ended_at=moment("2027-01-12 12:00"))
    assert cover_waiting(martins) == []


def test_only_of_this_customer(martins, claire, robledo, ines):
    open_cover(martins, claire)
    other = open_cover(robledo, ines)
    for customer in (martins, robledo):
        sell(customer, 5, at="2027-01-14 11:00")
    assert cover_waiting(robledo) == [other]
    assert Cover.objects.waiting().count() == 1


def test_it_is_audited(martins, claire):
    cover = open_cover(martins, claire)
    sell(martins, 5, at="2027-01-14 11:00")
    cover_waiting(martins)
    entry = Entry.objects.get(code="cover.resumed")
    assert (entry.subject_id, entry.details, Movement.objects.latest("sequence").rule) == (
        cover.pk, {"means": "tokens"}, "T1",
    )  # fmt: skip


def test_customers_with_something_to_cover(martins, claire, robledo, ines):
    def found(at=LATER):
        return list(queries.customers_to_cover(moment(at)))

    open_cover(martins, claire)
    open_cover(robledo, ines)
    assert found() == []
    give(martins, 1, until="2027-01-31", at="2027-01-12 12:00")
    assert found() == [martins]
    assert found("2027-02-01 00:00") == []
    cover_waiting(martins)
    assert found() == []


def test_units_that_were_there_when_it_began_to_wait_are_not_looked_at_again(martins, claire):
    give(martins, 1, at="2027-01-11 11:00")
    open_cover(martins, claire, means="trial")
    assert list(queries.customers_to_cover(moment(LATER))) == []
