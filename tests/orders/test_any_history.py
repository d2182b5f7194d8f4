"""Anyone does anything, in any order; a plain model in Python says what is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from orders.repository import INDEXES
from shop import deadline
from shop.contracts.products import MAX_STOCK
from tests.orders import doings
from tests.orders.model import MOVES, Known, Person, Product, contents, refusal, shortages
from tests.orders.world import Client, Customer

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.orders.world import Answer, Shop

pytestmark = [pytest.mark.exhaustive, pytest.mark.usefixtures("patient")]

STATUSES = st.sampled_from(sorted(MOVES))
PEOPLE, GOODS = range(3), range(4)
people, goods = st.sampled_from(PEOPLE), st.sampled_from(GOODS)
keys = st.sampled_from(["a", "b", "c"])
baskets = st.dictionaries(goods, st.sampled_from([1, 1, 2, 3, 10_000]), min_size=1, max_size=3)
prices = st.sampled_from(["0.00", "0.01", "9.99", "9999.99", "99999999.99"])
deltas = st.sampled_from([-5, -1, 2, 5, 20_000, MAX_STOCK - 10])


class AnyHistory(RuleBasedStateMachine):
    shop: Shop
    context: LambdaContext
    admin: Client
    start_over: Any

    def __init__(self) -> None:
        super().__init__()
        self.start_over()
        self.people = [Person(Customer(self.context, self.shop)) for _ in PEOPLE]
        self.goods = [Product(self.shop.add_product(stock=5)) for _ in GOODS]
        self.orders: dict[tuple[int, str], Known] = {}

    # --- placing ------------------------------------------------------------------------------
    @rule(who=people, basket=baskets, key=keys)
    def place(self, who: int, basket: dict[int, int], key: str) -> None:
        person = self.people[who]
        products = [(self.goods[each], count) for each, count in basket.items()]
        wanted = {each.id: count for each, count in products}
        answer = person.customer.buy(wanted, key)
        if known := self.orders.get((who, key)):
            if (known.basket, known.address_id) == (wanted, person.customer.address_id):
                self._is(answer, known)
            else:
                assert answer.problem == (422, "idempotency-key-reused")
        elif expected := refusal(person, products):
            assert answer.problem == expected
            if expected[1] == "insufficient-stock":
                assert answer.body["products"] == shortages(products)
        else:
            body = contents(person, products) | {"id": answer.body["id"]}
            known = Known(who, wanted, person.customer.address_id, body)
            self._is(answer, known, 201)
            for product, count in products:
                product.stock -= count
            self.orders[who, key] = known

    @rule(data=st.data())
    @precondition(lambda self: self.orders)
    def repeat(self, data: st.DataObject) -> None:
        (who, key), known = data.draw(st.sampled_from(list(self.orders.items())))
        answer = self.people[who].customer.place(known.basket, known.address_id, key)
        self._is(answer, known)

    # --- moving -------------------------------------------------------------------------------
    @rule(data=st.data(), to=STATUSES, by_owner=st.booleans())
    @precondition(lambda self: self.orders)
    def move(self, data: st.DataObject, to: str, *, by_owner: bool) -> None:
        known = data.draw(st.sampled_from(list(self.orders.values())))
        if by_owner:
            to = "CANCELLED"
            answer = self.people[known.owner].customer.cancel(known.body["id"])
        else:
            answer = self.admin.move(known.body["id"], to)
        if to not in MOVES[known.status]:
            assert answer.problem == (409, "illegal-transition")
            assert (answer.body["from"], answer.body["to"]) == (known.status, to)
        elif to == "CANCELLED" and not self._has_room(known):
            assert answer.problem == (409, "stock-limit")
        else:
            self._moved(known, to)
            self._is(answer, known)

    @rule(who=people, data=st.data())
    @precondition(lambda self: self.orders)
    def meddle(self, who: int, data: st.DataObject) -> None:
        """With an order that may be someone else's."""
        known = data.draw(st.sampled_from(list(self.orders.values())))
        customer, order_id = self.people[who].customer, known.body["id"]
        assert customer.move(order_id, "PAID").problem == (403, "forbidden")
        if who != known.owner:
            answers = [each(order_id) for each in (customer.get, customer.items, customer.cancel)]
            assert [each.status for each in answers] == [404] * 3

    @rule()
    def unpaid_ones_expire(self) -> None:
        pending = [each for each in self.orders.values() if each.status == "PENDING"]
        stuck = False
        for known in pending:
            if self._has_room(known):
                self._moved(known, "CANCELLED")
            else:
                stuck = True
        told = doings.outcome(doings.cancel_unpaid)
        assert told == ("stock-limit" if stuck else "cancelled")

    def _has_room(self, known: Known) -> bool:
        stocks = {each.id: each.stock for each in self.goods}
        return all(stocks[each] + count <= MAX_STOCK for each, count in known.basket.items())

    def _moved(self, known: Known, to: str) -> None:
        known.status = to
        known.moves += 1
        if to == "CANCELLED":
            for product in self.goods:
                product.stock += known.basket.get(product.id, 0)

    # --- what goes on around them ---------------------------------------------------------------
    @rule(each=goods, delta=deltas)
    def adjust(self, each: int, delta: int) -> None:
        product = self.goods[each]
        if product.active and 0 <= product.stock + delta <= MAX_STOCK:
            self.shop.adjust(product.id, delta)
            product.stock += delta

    @rule(each=goods, price=prices, name=st.sampled_from(["Mug", "Cup", "\u676f"]))
    def change(self, each: int, price: str, name: str) -> None:
        product = self.goods[each]
        if product.active:
            self.shop.change_product(product.id, price=price, name=name)
            product.price, product.name = price, name

    @rule(each=goods, really=st.sampled_from([True, False, False]))
    def archive(self, each: int, *, really: bool) -> None:
        if really and self.goods[each].active:
            self.shop.archive(self.goods[each].id)
            self.goods[each].active = False

    @rule(who=people, city=st.sampled_from(["Cork", "Limerick"]))
    def move_house(self, who: int, city: str) -> None:
        person = self.people[who]
        if person.address:
            customer = person.customer
            self.shop.change_address(customer.user_id, customer.address_id, city=city)
            person.city = city

    @rule(who=people)
    def leave_an_address(self, who: int) -> None:
        person = self.people[who]
        if person.address:
            self.shop.delete_address(person.customer.user_id, person.customer.address_id)
            person.address = False

    @rule(who=people)
    def take_another_address(self, who: int) -> None:
        person = self.people[who]
        if person.alive and not person.address:
            person.customer.address_id = self.shop.add_address(person.customer.user_id)
            person.city, person.address = "Galway", True

    @rule(who=people, really=st.sampled_from([True, False, False]))
    def delete_an_account(self, who: int, *, really: bool) -> None:
        person = self.people[who]
        if really and person.alive:
            self.shop.delete_user(person.customer.user_id)
            person.alive = False

    # --- what holds ---------------------------------------------------------------------------
    @rule(who=people, status=st.none() | STATUSES, limit=st.integers(1, 3), by=st.booleans())
    def walk(self, who: int, status: str | None, limit: int, *, by: bool) -> None:
        """A list by its user, or by an administrator, also of everyone's of a status."""
        customer = self.people[who].customer
        mine: list[Known] = [each for each in self.orders.values() if each.owner == who]
        if not by:
            listed = customer.everything(status=status, limit=limit)
        elif status and limit == 1:
            mine = list(self.orders.values())
            listed = self.admin.everything(status=status, limit=limit)
        else:
            listed = self.admin.everything(userId=customer.user_id, status=status, limit=limit)
        wanted = {each.body["id"] for each in mine if status in (None, each.status)}
        assert {each["id"] for each in listed} == wanted
        assert len(listed) == len(wanted)
        places = [(each["orderDate"], each["id"]) for each in listed]
        assert places == sorted(places, reverse=True)

    @invariant()
    def everything_is_as_the_model_has_it(self) -> None:
        deadline.clear()  # what others do is no part of the last request
        self.shop.assert_sound()
        rows = {row["pk"].removeprefix("ORDER#"): row for row in self.shop.orders()}
        assert rows.keys() == {each.body["id"] for each in self.orders.values()}
        for known in self.orders.values():
            row = rows[known.body["id"]]
            assert (row["status"], row["version"]) == (known.status, 1 + known.moves)
            assert (row["updatedAt"] > row["createdAt"]) is (known.moves > 0)
            assert row["orderDate"] == row["createdAt"]
            assert all(row[name] for name in INDEXES.values())
        for product in self.goods:
            assert self.shop.stock(product.id) == product.stock

    def _is(self, answer: Answer, known: Known, status: int = 200) -> None:
        assert answer.status == status, answer.body
        found = answer.body
        assert known.body == {
            "id": found["id"],
            "userId": found["userId"],
            "totalAmount": found["totalAmount"],
            "city": found["shippingAddress"]["city"],
            "items": [
                (each["productId"], each["name"], each["price"], each["quantity"])
                for each in found["items"]
            ],
        }
        assert found["status"] == known.status
        assert found["shippingAddressId"] == known.address_id


def test_any_history(shop: Shop, context: LambdaContext, admin: Client) -> None:
    parts = {"shop": shop, "context": context, "admin": admin}
    start_over = staticmethod(shop.saved())
    machine = type("Machine", (AnyHistory,), {**parts, "start_over": start_over})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=max(1, settings().max_examples // 6),
            stateful_step_count=25,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
