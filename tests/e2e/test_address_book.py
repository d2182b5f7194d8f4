"""The address book end to end, where many act at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.accounts import ADDRESS, Account

pytestmark = pytest.mark.e2e


def addresses(account: Account) -> list[dict[str, object]]:
    items: list[dict[str, object]] = account.get("/addresses?limit=100").json()["items"]
    return items


def defaults(account: Account) -> list[object]:
    return [each["id"] for each in addresses(account) if each["isDefault"]]


def test_the_first_is_the_default_and_the_default_moves(customer: Account) -> None:
    first = customer.request("POST", "/addresses", {**ADDRESS, "isDefault": False}).json()
    second = customer.request("POST", "/addresses", ADDRESS).json()
    assert (first["isDefault"], second["isDefault"]) == (True, False)
    path = f"/addresses/{second['id']}"
    assert customer.request("PATCH", path, {"isDefault": True}).json()["isDefault"] is True
    assert defaults(customer) == [second["id"]]


def test_of_many_that_become_the_default_at_once_one_is(customer: Account) -> None:
    ids = [customer.request("POST", "/addresses", ADDRESS).json()["id"] for _ in range(8)]

    def make_default(address_id: str) -> int:
        path = f"/addresses/{address_id}"
        return customer.request("PATCH", path, {"isDefault": True}).status_code

    for _ in range(3):
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(make_default, ids))
        assert set(statuses) <= {200, 503}
        assert len(defaults(customer)) == 1


def test_many_that_are_added_at_once_fill_the_book_to_fifty_and_no_more(
    customer: Account,
) -> None:
    def add(_: int) -> int:
        status = 503
        while status == 503:
            answer = customer.request("POST", "/addresses", {**ADDRESS, "isDefault": True})
            status = answer.status_code
        return status

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(add, range(56)))
    assert sorted(set(statuses)) == [201, 409]
    book = addresses(customer)
    # A 503 whose write did happen was asked for again.
    assert len(book) == 50 >= statuses.count(201)
    assert len(defaults(customer)) == 1


def test_pages_show_each_address_once(customer: Account) -> None:
    made = [customer.request("POST", "/addresses", ADDRESS).json()["id"] for _ in range(7)]
    seen: list[str] = []
    path = "/addresses?limit=3"
    while True:
        page = customer.get(path).json()
        seen += [each["id"] for each in page["items"]]
        if page["nextCursor"] is None:
            break
        path = f"/addresses?limit=3&cursor={page['nextCursor']}"
    assert sorted(seen) == sorted(made)
