"""A custom resource of CloudFormation: a bucket in another region than the stack's.

It is asked to create, to update and to delete. The first two bring the bucket to what is wanted,
whatever there is; the last leaves it alone, for its objects are what a lost region is restored
from. An answer is always sent, also when time runs out: without one the stack would hang.
"""

from __future__ import annotations

import threading
from functools import partial
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any

from replica_bucket import bucket, request
from replica_bucket.answer import LONGEST_SECONDS, Answer, body, failed, send
from replica_bucket.errors import NotPossible, TimeIsUp
from shop.observability import logger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(event: Mapping[str, Any], context: LambdaContext) -> None:
    """Do what CloudFormation asks for, and tell it.

    Raises when it could not be told. Lambda then calls again, twice, and all is done once more,
    which is harmless.
    """
    logger().append_keys(function_request_id=context.aws_request_id)
    seconds = context.get_remaining_time_in_millis() / 1000 - LONGEST_SECONDS
    answer = _within(seconds, event)
    logger().info(
        "replica bucket",
        request_type=event.get("RequestType"),
        bucket=answer.physical_id,
        succeeded=answer.succeeded,
        reason=answer.reason,
    )
    send(str(event.get("ResponseURL")), body(event, answer))


def _within(seconds: float, event: Mapping[str, Any]) -> Answer:
    """The answer to ``event``, after ``seconds`` at the latest.

    The work has a thread of its own: a call that hangs must not keep the answer back. The thread
    begins no further call once the time is up.
    """
    answers: Queue[Answer] = Queue()
    time_is_up = threading.Event()
    work = partial(_work, event, time_is_up, answers.put)
    threading.Thread(target=work, daemon=True).start()
    try:
        return answers.get(timeout=max(seconds, 0))
    except Empty:
        time_is_up.set()
        return failed(
            event,
            f"S3 did not answer in the {max(seconds, 0):.0f} s that there were. "
            "Deploy again: what is done already is not in the way.",
        )


def _work(
    event: Mapping[str, Any], time_is_up: threading.Event, tell: Callable[[Answer], None]
) -> None:
    def proceed() -> None:
        if time_is_up.is_set():
            raise TimeIsUp

    try:
        tell(_done(event, proceed))
    except TimeIsUp:
        pass  # it was told already
    except NotPossible as error:
        tell(failed(event, str(error)))
    except Exception as error:  # noqa: BLE001  (a mistake of ours must be answered, too)
        logger().exception("replica bucket failed", exc_info=error)
        tell(failed(event, f"It broke down: {error!r}. The function's log has more."))


def _done(event: Mapping[str, Any], proceed: Callable[[], None]) -> Answer:
    match event.get("RequestType"):
        case "Delete":
            name = str(event.get("PhysicalResourceId", ""))
            return Answer(
                succeeded=True,
                reason="The bucket stays, with all in it.",
                physical_id=name,
                data={},
            )
        case "Create" | "Update":
            wanted = request.wanted(event)
            bucket.bring_about(wanted, bucket.client(wanted.region), proceed)
            data = {"BucketName": wanted.name, "Arn": wanted.arn, "Region": wanted.region}
            return Answer(
                succeeded=True, reason="It is as it should be.", physical_id=wanted.name, data=data
            )
        case other:
            raise NotPossible(f"RequestType {other!r} is none of Create, Update and Delete.")
