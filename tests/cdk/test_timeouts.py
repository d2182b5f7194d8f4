"""Waits end in time: a call's before the function's, the function's before the gateway's."""

from typing import Any

from botocore.retries.standard import ExponentialBackoff, RetryContext, ThrottlingErrorDetector

from authorizer import verifier
from exports import repository as exports
from orders import bus
from products import image_store
from replica_bucket import answer, bucket
from shop import aws, deadline, dynamo
from tests.cdk.conftest import functions, resources
from tests.cdk.test_authorizer import GATEWAY_WAITS_SECONDS
from users import signer

GATEWAY_SECONDS = 30  # the longest that an HTTP API waits for an integration


def clients() -> dict[str, Any]:
    """One of every kind that the functions make."""
    made_by_signer = signer.create("arn", "issuer", "audience").client
    return {
        "tables": dynamo.client(),
        "authorizer": verifier.client(),
        "bus": bus.client(),
        "images": image_store.client(),
        "exports": exports.client(),
        "signer": made_by_signer,
    }


class AlwaysThrottled(ThrottlingErrorDetector):
    """What makes botocore wait longest between its attempts."""

    def __init__(self) -> None:
        """Look at nothing."""

    def is_throttling_error_from_context(self, *_: object, **__: object) -> bool:
        return True


def longest_call(client: Any) -> float:
    """Seconds that a call takes when each attempt waits as long as it may, by botocore's rules."""
    config = client.meta.config
    assert config.retries["mode"] == "standard"
    attempts = config.retries["total_max_attempts"]
    longest = ExponentialBackoff(random=lambda: 1.0, throttling_detector=AlwaysThrottled())
    waits = [longest.delay_amount(RetryContext(attempt)) for attempt in range(1, attempts)]
    return float(attempts * (config.connect_timeout + config.read_timeout) + sum(waits))


def test_a_call_takes_no_longer_than_we_reckon_with() -> None:
    """shop.deadline lets a call begin only when that much is left."""
    longest = {name: longest_call(client) for name, client in clients().items()}
    assert longest.pop("authorizer") == verifier.CALL_SECONDS
    assert longest.pop("exports") == exports.CALL_SECONDS
    assert set(longest.values()) == {aws.CALL_SECONDS}


def test_a_function_has_time_for_two_calls_at_their_longest_and_an_answer(
    template: dict[str, Any],
) -> None:
    for each in services(template):
        assert each["Timeout"] > 2 * aws.CALL_SECONDS + deadline._ANSWER_SECONDS


def test_a_function_ends_before_the_gateway_gives_up(template: dict[str, Any]) -> None:
    for each in services(template):
        assert each["Timeout"] < GATEWAY_SECONDS


def test_the_authorizer_ends_before_the_gateway_gives_up(template: dict[str, Any]) -> None:
    authorizer = functions(template)["authorizer"]
    assert authorizer["Timeout"] < GATEWAY_WAITS_SECONDS
    assert authorizer["Timeout"] > verifier.CALL_SECONDS + deadline._ANSWER_SECONDS


def test_what_no_request_waits_for_has_time_for_slow_calls_and_to_answer(
    template: dict[str, Any],
) -> None:
    exporter, maker = (functions(template)[each] for each in ("exports", "replica_bucket"))
    assert exporter["Timeout"] > 4 * exports.CALL_SECONDS + deadline._ANSWER_SECONDS
    slow = longest_call(bucket.client("eu-west-1")) + bucket._PATIENCE * bucket._PAUSE_SECONDS
    assert maker["Timeout"] > slow + answer.LONGEST_SECONDS


def test_cloudformation_waits_for_each_attempt_of_lambda(template: dict[str, Any]) -> None:
    maker = functions(template)["replica_bucket"]
    for each in resources(template, "Custom::ReplicaBucket").values():
        assert int(each["Properties"]["ServiceTimeout"]) == 3 * maker["Timeout"]


def services(template: dict[str, Any]) -> list[dict[str, Any]]:
    """The functions that the gateway asks; for the authorizer it waits less."""
    others = {"authorizer", "exports", "replica_bucket"}
    return [each for name, each in functions(template).items() if name not in others]
