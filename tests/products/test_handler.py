"""The catalogue's routes, from the gateway's event to the answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from products import handler
from products.models import ProductSort
from shop import cursor as cursors
from shop import dynamo
from shop.ids import new_id
from tests.products.catalogue import NOW, ids
from tests.shop.wire import Wire, refusal

if TYPE_CHECKING:
    from tests.products.catalogue import Answer, Catalogue, Customer

INVALID_CURSOR = (400, "invalid-cursor")
VALIDATION_FAILED = (422, "validation-failed")


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """A DynamoDB that nothing should reach."""
    monkeypatch.setenv("TABLE_NAME", "products")
    return Wire(dynamo.client(), AssertionError("no call was wanted"))


# --- GET /products ----------------------------------------------------------------------------
def test_an_empty_catalogue_is_an_empty_page(catalogue: Catalogue, customer: Customer) -> None:
    answer = customer.products()
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.body == {"items": [], "nextCursor": None}


def test_a_list_shows_products_without_their_description(
    catalogue: Catalogue, customer: Customer
) -> None:
    product = catalogue.add(
        "0" * 32,
        name="Mug",
        description="Holds coffee.",
        price="1.10",
        category="Cups & saucers",
        stock=2,
        imageUrl="https://images.test/mug.webp",
    )
    assert customer.products().body["items"] == [product]
    assert product == {
        "id": "0" * 32,
        "name": "Mug",
        "price": "1.10",
        "imageUrl": "https://images.test/mug.webp",
        "category": "Cups & saucers",
        "stock": 2,
        "inStock": True,
        "createdAt": NOW,
        "updatedAt": NOW,
    }


@pytest.mark.parametrize(("stock", "in_stock"), [(0, False), (1, True), (2_147_483_647, True)])
def test_a_product_is_in_stock_when_there_is_one(
    catalogue: Catalogue, customer: Customer, stock: int, *, in_stock: bool
) -> None:
    catalogue.add(stock=stock)
    [product] = customer.products().body["items"]
    assert (product["stock"], product["inStock"]) == (stock, in_stock)


@pytest.mark.parametrize(
    "category",
    [
        "cups",
        "cups,plates",
        ",",
        "Caf\u00e9 & Th\u00e9",
        "100% cotton",
        "%2C",
        "a+b",
        "\u676f\u5b50",
        "\U0001f600",
        "PRODUCTS",
        "#",
        "x" * 100,
        "\u676f" * 100,
    ],
    ids=lambda category: ascii(category)[:20],
)
def test_a_category_lists_its_own_products_and_no_others(
    catalogue: Catalogue, customer: Customer, category: str
) -> None:
    products = [catalogue.add(category=category) for _ in range(2)]
    for other in (None, "cup", category[:-1] + "x" if category[-1] != "x" else "y"):
        catalogue.add(category=other)
    assert sorted(ids(customer.whole_list(category=category, limit=1))) == sorted(ids(products))
    assert len(customer.products().body["items"]) == 5


def test_a_category_that_nothing_is_in_is_an_empty_page(
    catalogue: Catalogue, customer: Customer
) -> None:
    catalogue.add(category="cups")
    assert customer.products(category="Cups").body == {"items": [], "nextCursor": None}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            ("limit", value)
            for value in [
                "0", "101", "-1", "x", "1.5", "1.0", "", " ", "1_0", " 5", "5 ", "+5", "5\n", "1e1",
                "0x10", "\u0663", "\u00b2", "true", "null", "1,2", "9" * 5000,
            ]
        ),
        *(("sort", value) for value in ["", "name", "Newest", "newest ", "+price", "price,price"]),
        *(
            ("category", value)
            for value in ["", " ", "   ", "x" * 101, "a\nb", "cups\n", "\x00", "\x7f", "\x1b[0m"]
        ),
    ],
    ids=lambda value: ascii(value)[:20],
)  # fmt: skip
def test_a_parameter_that_makes_no_sense_is_422_and_named(
    customer: Customer, untouched: Wire, name: str, value: str
) -> None:
    answer = customer.products(**{name: value})
    assert answer.problem == VALIDATION_FAILED
    assert [each["loc"][:2] for each in answer.body["errors"]] == [["query", name]]
    assert untouched.requests == []


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("limit", "12"),
        ("limit", "22"),
        ("sort", ["price", "newest"]),
        ("category", ["cups", "plates"]),
        ("cursor", "ab"),
    ],
)
def test_a_parameter_given_twice_is_422(
    customer: Customer, untouched: Wire, name: str, values: str | list[str]
) -> None:
    answer = customer.products(*((name, value) for value in values))
    assert answer.problem == VALIDATION_FAILED
    assert answer.body["errors"][0]["loc"] == ["query", name]
    assert untouched.requests == []


def test_a_parameter_that_there_is_not_is_ignored(catalogue: Catalogue, customer: Customer) -> None:
    assert customer.products(colour="red").status == 200


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "price"},
        {"sort": "-price"},
        {"category": "cups"},
        {"category": "plates", "sort": "price"},
    ],
)
def test_a_cursor_of_another_list_is_400(
    catalogue: Catalogue, customer: Customer, query: dict[str, Any]
) -> None:
    for _ in range(2):
        catalogue.add(category="cups")
    cursor = customer.products(limit=1).body["nextCursor"]
    other = customer.products(limit=1, category="cups", sort="price").body["nextCursor"]
    assert customer.products(cursor=cursor, **query).problem == INVALID_CURSOR
    assert customer.products(cursor=other, **query).problem == INVALID_CURSOR
    assert customer.products(cursor=cursor, sort="newest").status == 200


@pytest.mark.parametrize(
    "cursor", ["", "x", "====", "a,b", "\u00fc", "%00", "A" * 10_000, "null", " "],
    ids=lambda cursor: ascii(cursor)[:20],
)  # fmt: skip
def test_a_made_up_cursor_is_400(customer: Customer, untouched: Wire, cursor: str) -> None:
    answer = customer.products(cursor=cursor)
    assert answer.problem == INVALID_CURSOR
    assert answer.body["detail"]
    assert untouched.requests == []


def test_a_cursor_forged_with_our_own_code_starts_the_callers_own_list_elsewhere(
    catalogue: Catalogue, customer: Customer
) -> None:
    catalogue.add(category="cups")
    forged = cursors.encode("~", ("products", "cups", ProductSort.NEWEST))
    assert len(customer.products(category="cups", cursor=forged).body["items"]) == 1


# --- GET /products/{product_id} ---------------------------------------------------------------
def test_a_product_has_everything(catalogue: Catalogue, customer: Customer) -> None:
    product = catalogue.add(description="Holds\ncoffee. \U0001f600", category="cups", price="0.30")
    answer = customer.product(product["id"])
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    shown = {name: value for name, value in product.items() if name != "inStock"}
    assert answer.body == shown | {"description": "Holds\ncoffee. \U0001f600"}
    assert answer.body["price"] == "0.30"


def test_what_a_product_does_not_have_is_null(catalogue: Catalogue, customer: Customer) -> None:
    body = customer.product(catalogue.add()["id"]).body
    assert [body[name] for name in ("description", "imageUrl", "category")] == [None, None, None]


def test_an_empty_description_is_one(catalogue: Catalogue, customer: Customer) -> None:
    assert customer.product(catalogue.add(description="")["id"]).body["description"] == ""


def test_the_etag_is_the_version(catalogue: Catalogue, customer: Customer) -> None:
    product = catalogue.add()
    assert customer.product(product["id"]).headers["ETag"] == '"1"'
    catalogue.set_version(product, 17)
    assert customer.product(product["id"]).headers["ETag"] == '"17"'


def test_an_archived_product_is_nowhere(catalogue: Catalogue, customer: Customer) -> None:
    archived, kept = (catalogue.add(category="cups") for _ in range(2))
    catalogue.archive(archived)
    assert customer.product(archived["id"]).problem == (404, "not-found")
    for sort in ProductSort:
        assert customer.whole_list(sort=sort) == [kept]
        assert customer.whole_list(sort=sort, category="cups") == [kept]
    for index in ("listing-newest", "listing-price", "category-newest", "category-price"):
        rows = dynamo.client().scan(TableName="products", IndexName=index)["Items"]
        assert len(rows) == 1


@pytest.mark.parametrize(
    "product_id",
    [
        "1",
        "0" * 31,
        "0" * 33,
        "0" * 5000,
        "A" * 32,
        "PRODUCT",
        "..",
        " ",
        "%20",
        "%",
        "null",
        "'",
        '"',
        "\\",
        "<script>",
        "#",
        "\u00e9" * 32,
        "\u0663" * 32,
        "\U0001f600",
        "\x00",
        "a\nb",
        "0" * 32 + "#DESCRIPTION",
        "0" * 32 + "/description",
    ],
    ids=lambda product_id: ascii(product_id)[:20],
)
def test_what_cannot_be_an_id_is_404_and_asks_no_store(
    customer: Customer, untouched: Wire, product_id: str
) -> None:
    answer = customer.product(product_id)
    assert answer.problem == (404, "not-found")
    assert answer.body["instance"] == f"/products/{product_id}"
    assert len(answer.body["detail"]) < 200
    assert untouched.requests == []


def test_an_unknown_id_is_404_and_named(catalogue: Catalogue, customer: Customer) -> None:
    product_id = new_id()
    answer = customer.product(product_id)
    assert answer.problem == (404, "not-found")
    assert product_id in answer.body["detail"]


# --- GET /categories --------------------------------------------------------------------------
def test_categories_come_by_name(catalogue: Catalogue, customer: Customer) -> None:
    catalogue.add(category="Never made a category")
    for name in ["b", "\u00c4pfel", "B", "a", "a b", "10", "9", "\u676f"]:
        catalogue.add_category(name, f"All about {name}" if name != "b" else None)
    items = customer.categories().body["items"]
    assert [each["name"] for each in items] == [
        "10", "9", "B", "a", "a b", "b", "\u00c4pfel", "\u676f",
    ]  # fmt: skip
    assert items[2] == {"name": "B", "description": "All about B"}
    assert items[5] == {"name": "b", "description": None}


def test_no_categories_are_an_empty_list(catalogue: Catalogue, customer: Customer) -> None:
    assert customer.categories().body == {"items": []}


# --- what an answer costs ---------------------------------------------------------------------
def test_every_answer_takes_the_fewest_calls(
    catalogue: Catalogue, customer: Customer, calls: list[str]
) -> None:
    def made_for(answer: Answer) -> list[str]:
        assert answer.status in (200, 404)
        made = calls.copy()
        calls.clear()
        return made

    assert made_for(customer.products()) == ["Query"]
    assert made_for(customer.categories()) == ["Query"]
    assert made_for(customer.product(new_id())) == ["Query"]
    products = [catalogue.add(description="x" * 10_000, category="cups") for _ in range(7)]
    calls.clear()
    for limit in (1, 6, 7, 8, 100):
        for sort in ProductSort:
            assert made_for(customer.products(limit=limit, sort=sort)) == ["Query", "BatchGetItem"]
    page = customer.products(category="cups", limit=3).body
    calls.clear()
    rest = customer.products(category="cups", limit=3, cursor=page["nextCursor"])
    assert made_for(rest) == ["Query", "BatchGetItem"]
    assert made_for(customer.product(products[0]["id"])) == ["Query"]


# --- when the store or the deployment fails ---------------------------------------------------
@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """A DynamoDB that throttles everything."""
    monkeypatch.setenv("TABLE_NAME", "products")
    monkeypatch.setattr(time, "sleep", lambda _: None)
    return Wire(dynamo.client(), refusal("ThrottlingException"))


def test_a_busy_store_is_503_and_says_when_to_come_back(busy: Wire, customer: Customer) -> None:
    for answer in (customer.products(), customer.product(new_id()), customer.categories()):
        assert answer.problem == (503, "unavailable")
        assert answer.headers["Retry-After"] == "1"


def test_a_function_without_its_table_is_500_and_logs_what_is_missing(
    customer: Customer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TABLE_NAME", raising=False)
    answer = customer.products()
    assert answer.problem == (500, "internal-error")
    assert "TABLE_NAME" not in str(answer.body)
    assert "TABLE_NAME" in capsys.readouterr().out


def test_the_function_connects_once(catalogue: Catalogue, customer: Customer) -> None:
    customer.products()
    repository = handler.repository()
    customer.products()
    assert handler.repository() is repository
