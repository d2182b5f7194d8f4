"""Construct: one bounded context, that is a function, its table and what it may do there."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from constructs import Construct

from cdk import build
from cdk.dead_letters import DeadLetters
from cdk.function import ShopFunction
from cdk.table import TableShape, emulated_name, protected_table
from cdk.ticks import give_ticks, waiting_queue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cdk.layer import SharedLayer
    from cdk.settings import Settings


class ServiceContext(Construct):
    """``functions/<package>`` with a table of its own, and what it may do there and elsewhere."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        package: str,
        layer: SharedLayer,
        settings: Settings,
        shape: TableShape | None = None,
        environment: Mapping[str, str] | None = None,
        description: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        logical_id = f"{construct_id}Table"
        shape = shape or TableShape()
        self.indexes = [f"{logical_id}/{name}" for name in shape.indexes]
        self._held_back = settings.held_back(logical_id)
        self.table = protected_table(
            self,
            logical_id=logical_id,
            shape=shape.without(self._held_back),
            name=emulated_name(settings.stack_name, logical_id) if settings.local else None,
        )
        shop_function = ShopFunction(
            self,
            "Service",
            package=package,
            code=build.function(package).code(),
            layer=layer,
            settings=settings,
            environment={"TABLE_NAME": self.table.table_name, **(environment or {})},
            description=description,
        )
        self.function = shop_function.function
        self._role = shop_function.role

    @cached_property
    def dead_letters(self) -> DeadLetters:
        """Where the context's own events go when its function cannot handle them."""
        return DeadLetters(self, "DeadLetters", settings=self._settings)

    def allow(self, *verbs: str) -> None:
        """Grant the function ``verbs`` of DynamoDB on the rows of its table."""
        self.grant(*_of_dynamodb(*verbs), on=[self.table.table_arn])

    def allow_on(self, other: ServiceContext, *verbs: str) -> None:
        """Grant the function ``verbs`` of DynamoDB on the rows of another context's table."""
        self.grant(*_of_dynamodb(*verbs), on=[other.table.table_arn])

    def allow_update_on(self, other: ServiceContext, attributes: Sequence[str]) -> None:
        """Grant UpdateItem on another context's table, to requests that name these attributes only.

        Those of the key are among them. So every request names some; ForAllValues would also let
        pass what names none.
        """
        self.grant(
            "dynamodb:UpdateItem",
            on=[other.table.table_arn],
            conditions={"ForAllValues:StringEquals": {"dynamodb:Attributes": sorted(attributes)}},
        )

    def allow_query(self, *indexes: str, table: bool = True) -> None:
        """Grant Query on each of the ``indexes``, by name, and on the ``table`` itself.

        But for those that are held back.
        """
        there = [each for each in indexes if each not in self._held_back]
        arns = [f"{self.table.table_arn}/index/{index}" for index in there]
        self.grant("dynamodb:Query", on=[*([self.table.table_arn] if table else []), *arns])

    def grant(
        self, *actions: str, on: Sequence[str], conditions: Mapping[str, Any] | None = None
    ) -> None:
        """Grant the function ``actions`` on resources, by ARN, under ``conditions`` of IAM."""
        self._role.add_to_policy(
            iam.PolicyStatement(actions=list(actions), resources=list(on), conditions=conditions)
        )

    def consume_stream(self, source: ServiceContext, pattern: Mapping[str, object]) -> None:
        """Give the function those records of the stream of ``source`` that fit ``pattern``.

        What fails is tried again some twenty times, for half a day at most, and holds up what comes
        after it meanwhile. The rest of the day that a stream keeps it is for ``shop redrive``.
        """
        arn = str(source.table.table_stream_arn)
        self.grant(*_of_dynamodb("DescribeStream", "GetRecords", "GetShardIterator"), on=[arn])
        self.grant("dynamodb:ListStreams", on=["*"])  # has no narrower resource
        lambda_.EventSourceMapping(
            self,
            f"{source.node.id}Stream",
            target=self.function,
            event_source_arn=arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            filters=[dict(lambda_.FilterCriteria.filter(dict(pattern)))],
            batch_size=10,
            bisect_batch_on_error=True,  # so that one that cannot be handled stands alone
            retry_attempts=20,
            max_record_age=Duration.hours(12),
            on_failure=event_sources.SqsDlq(self.dead_letters.queue),
        )

    def consume_events(self, construct_id: str, pattern: events.EventPattern) -> None:
        """Give the function the events of the account's default bus that fit ``pattern``.

        A queue holds them: it is what tries again, and knows when to give up.
        """
        rule = events.Rule(self, f"{construct_id}Rule", event_pattern=pattern)
        dead_letters = self.dead_letters.queue
        waiting = waiting_queue(
            self,
            construct_id,
            self.function,
            dead_letters,
            keep=Duration.days(14),
            attempts=5,
            settings=self._settings,
        )
        rule.add_target(targets.SqsQueue(waiting, dead_letter_queue=dead_letters))
        self.function.add_event_source(event_sources.SqsEventSource(waiting, batch_size=1))

    def consume_ticks(self, construct_id: str, *, minutes: int) -> None:
        """Give the function an event of the clock every so many ``minutes``."""
        give_ticks(self, construct_id, self.function, minutes=minutes, settings=self._settings)


def _of_dynamodb(*verbs: str) -> list[str]:
    return [f"dynamodb:{verb}" for verb in verbs]
