"""Transactions of actions that are called by other actions."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def joined(action: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Part of the caller's transaction, else one of its own. Unlike `atomic`, it marks no point to go back to, which
    takes two statements each time: for an action that refuses before it writes.
    """

    @wraps(action)
    def within(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        if transaction.get_connection().in_atomic_block:
            return action(*args, **kwargs)
        with transaction.atomic():
            return action(*args, **kwargs)

    return within


def is_open() -> bool:
    """Whether a transaction is open in this thread, which would hold its locks while the network is waited for. The one
    that Django's TestCase wraps around a test does not count, as it does not for `atomic(durable=True)`.
    """
    return any(not block._from_testcase for block in transaction.get_connection().atomic_blocks)
