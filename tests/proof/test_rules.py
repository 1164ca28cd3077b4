from carnet.proof import rules


def test_a_fault_of_no_known_kind():
    assert rules.area_of("something else is wrong") == ("other", None)
