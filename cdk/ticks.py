"""A function that goes by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sqs as sqs

from cdk.dead_letters import DeadLetters

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct

    from cdk.settings import Settings

_FEWEST = 2  # at once, that SQS's event sources take


def give_ticks(
    scope: Construct,
    construct_id: str,
    function: lambda_.Function,
    *,
    minutes: int,
    settings: Settings,
) -> None:
    """Give ``function`` an event of the clock every so many ``minutes``.

    The next tick does all that a missed one would have done. So one is tried twice, and is
    gone when the second after it comes: ticks do not pile up for a function that cannot run.
    """
    interval = Duration.minutes(minutes)
    rule = events.Rule(scope, f"{construct_id}Rule", schedule=events.Schedule.rate(interval))
    # Their own: ``shop redrive`` gives dead letters back to the queue that gave them up, and
    # those of a stream to the function.
    dead_letters = DeadLetters(scope, f"{construct_id}DeadLetters", settings=settings).queue
    keep = Duration.minutes(2 * minutes)
    waiting = waiting_queue(
        scope, construct_id, function, dead_letters, keep=keep, attempts=2, settings=settings
    )
    target = targets.SqsQueue(waiting, dead_letter_queue=dead_letters, max_event_age=interval)
    rule.add_target(target)
    source = event_sources.SqsEventSource(waiting, batch_size=1, max_concurrency=_FEWEST)
    function.add_event_source(source)


def waiting_queue(
    scope: Construct,
    construct_id: str,
    function: lambda_.Function,
    dead_letters: sqs.Queue,
    *,
    keep: Duration,
    attempts: int,
    settings: Settings,
) -> sqs.Queue:
    """A queue for ``function``; what it could not handle in ``attempts`` is a dead letter."""
    if function.timeout is None:
        raise ValueError(f"{function.node.path} has no timeout")
    return sqs.Queue(
        scope,
        construct_id,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=not settings.local,  # the emulator is spoken to in plain HTTP
        # Six times as long as the function may run, as Lambda's guide has it.
        visibility_timeout=Duration.seconds(6 * function.timeout.to_seconds()),
        retention_period=keep,
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=attempts),
    )
