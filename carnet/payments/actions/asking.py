"""The one way to the payment service: a call that fails is kept with what the service's support will ask for."""

from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar, cast

from carnet.kernel import clock
from carnet.payments.models import FailedCall
from carnet.payments.rules.online import ServiceFailed

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def ask(call: Callable[Given, Answer], /, *args: Given.args, **kwargs: Given.kwargs) -> Answer:
    """What a function of the service's interface answers. No transaction may be open.

    A call that fails is stored as a `FailedCall`, and `ServiceFailed` goes on to the caller; of a list with several
    pages, this may come while it is read.
    """
    try:
        answer = call(*args, **kwargs)
    except ServiceFailed as failed:
        _keep(failed)
        raise
    return cast(Answer, _listed(answer)) if isinstance(answer, Iterator) else answer


def _listed(answer: Iterator[Any]) -> Iterator[Any]:
    try:
        yield from answer
    except ServiceFailed as failed:
        _keep(failed)
        raise


def _keep(failed: ServiceFailed) -> None:
    # The clock is read here: what is noted is when the network failed, which may be long after the action's moment.
    FailedCall.objects.create(
        call=failed.call[:200], status=failed.status, code=failed.code[:80], debug_id=failed.debug_id[:60],
        permanent=failed.permanent, at=clock.now(),
    )  # fmt: skip
