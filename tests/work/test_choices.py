from carnet.ledger.rules import FREE
from carnet.people.models import Membership
from carnet.provider import actions as provider
from carnet.work.queries import covers as queries
from tests.factories.ledger import TEST, day, give, give_trial, moment, sell, take
from tests.factories.people import make_member
from tests.factories.work import open_cover

AT = moment("2027-01-11 12:00")


def choices(customer, person, at=AT):
    return queries.choices(customer=customer, person=person, at=at)


def codes(customer, person):
    return [choice.code for choice in choices(customer, person)]


def test_T1_one_token_of_the_carnet_that_is_used_first(martins, claire):
    give_trial(martins)
    take(claire, martins, quantity=15, unit="minute", origins=FREE)
    sell(martins, 8)
    gift = give(martins, 2, until="2027-03-31")
    (choice,) = choices(martins, claire)
    assert (choice.code, choice.lot, choice.last_day, choice.token_minutes) == ("tokens", gift, day("2027-03-31"), 30)
    assert (choice.reserved, choice.ceiling, choice.minutes_covered) == (1, 1, 30)
    assert (choice.lot_left, choice.left, choice.free_minutes) == (1, 9, 0)


def test_F2_free_minutes_first_alone_and_then_with_the_token(martins, claire):
    give_trial(martins)
    pack = sell(martins, 8)
    free, both, tokens = choices(martins, claire)
    assert (free.code, free.free_minutes, free.ceiling, free.minutes_covered) == ("trial", 15, 0, 15)
    assert (both.code, both.free_minutes, both.reserved, both.ceiling) == (
        "trial_then_tokens", 15, 0, 1,
    )  # fmt: skip
    assert (both.lot, both.lot_left, both.left, both.minutes_covered) == (pack, 8, 8, 45)
    assert (tokens.code, tokens.lot_left, tokens.left) == ("tokens", 7, 7)


def test_F1_free_minutes_that_asking_now_would_open(martins, claire):
    (choice,) = choices(martins, claire)
    assert (choice.code, choice.free_minutes, choice.lot, choice.last_day) == ("trial", 15, None, None)


def test_F1_not_after_a_purchase(martins, claire):
    sell(martins, 8)
    assert codes(martins, claire) == ["tokens"]


def test_F2_what_is_left_of_them_until_their_last_day(martins, claire):
    trial = give_trial(martins)
    take(claire, martins, quantity=9, unit="minute", origins=FREE)
    (choice,) = choices(martins, claire)
    assert (choice.free_minutes, choice.lot, choice.last_day) == (6, trial, day("2027-02-10"))
    (choice,) = choices(martins, claire, at=moment("2027-02-11 00:00"))
    assert choice.code == "none"


def test_T4_the_ceiling_is_what_it_can_cost_at_most(martins, claire):
    provider.change_setting(name="token_ceiling", value=3, by=TEST, at=AT)
    sell(martins, 2)
    (choice,) = choices(martins, claire)
    assert (choice.ceiling, choice.left, choice.minutes_covered) == (3, 1, 60)


def test_T15_nothing_to_draw(martins, claire):
    give_trial(martins)
    take(claire, martins, quantity=15, unit="minute", origins=FREE)
    (choice,) = choices(martins, claire)
    assert (choice.code, choice.minutes_covered, choice.left) == ("none", 0, 0)


def test_L9_what_this_person_may_draw(martins, claire, hugo):
    give_trial(martins)
    take(claire, martins, quantity=15, unit="minute", origins=FREE)
    sell(martins, 8, shared=False, person=claire)
    assert (codes(martins, claire), codes(martins, hugo)) == (["tokens"], ["none"])


def test_strangers_buyers_and_removed_persons_have_no_choice(martins, claire, ines):
    assert codes(martins, ines) == ["none"]
    make_member(martins, ines, role="buyer")
    assert codes(martins, ines) == ["none"]
    Membership.objects.filter(person=claire).update(ended_at=AT)
    assert codes(martins, claire) == ["none"]


def test_its_queries_do_not_grow(martins, hugo, django_assert_max_num_queries):
    give_trial(martins)
    sell(martins, 1)
    with django_assert_max_num_queries(9):
        choices(martins, hugo)
    for _ in range(3):
        sell(martins, 20)
    with django_assert_max_num_queries(9):
        choices(martins, hugo)


def test_H4_30_minutes_of_the_pack_that_is_used_first(martins, claire):
    pack = sell(martins, 300, unit="minute")
    sell(martins, 120, unit="minute", months=24)
    (choice,) = choices(martins, claire)
    assert (choice.code, choice.lot, choice.reserved, choice.ceiling, choice.minutes_covered) == (
        "minutes", pack, 30, 60, 60,
    )  # fmt: skip
    assert (choice.least_minutes, choice.lot_left, choice.left) == (30, 270, 390)


def test_H1_only_the_first_question_of_a_pack_costs_30_minutes_at_least(martins, claire):
    sell(martins, 300, unit="minute")
    open_cover(martins, claire, means="minutes")
    (choice,) = choices(martins, claire)
    assert (choice.least_minutes, choice.reserved) == (0, 30)


def test_H4_what_is_left_if_that_is_less(martins, claire):
    give(martins, 12, unit="minute")
    give_trial(martins)
    take(claire, martins, quantity=15, unit="minute", origins=FREE)
    (choice,) = choices(martins, claire)
    assert (choice.reserved, choice.left, choice.minutes_covered, choice.least_minutes) == (12, 0, 12, 0)


def test_H5_what_expires_first_is_proposed(martins, claire):
    sell(martins, 3, months=6)
    sell(martins, 90, unit="minute", months=5 + 7)
    assert codes(martins, claire) == ["tokens", "minutes"]
    give(martins, 90, unit="minute", until="2027-05-31")
    assert codes(martins, claire) == ["minutes", "tokens"]


def test_F2_free_minutes_may_be_followed_by_either(martins, claire):
    give_trial(martins)
    sell(martins, 3, months=6)
    sell(martins, 90, unit="minute")
    assert codes(martins, claire) == ["trial", "trial_then_tokens", "trial_then_minutes", "tokens", "minutes"]
