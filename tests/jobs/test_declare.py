"""What tasks are declared with."""

import pytest

from carnet.jobs.declare import each


def test_one_that_breaks_holds_up_none_behind_it_and_shows():
    done = []

    def act(number):
        if number in (2, 4):
            raise ValueError(f"{number} is bad")
        done.append(number)

    with pytest.raises(ValueError, match="2 is bad"):
        each(range(1, 6), act)
    assert done == [1, 3, 5]
    each([6], act)
    assert done == [1, 3, 5, 6]
