"""Mutants of what is asked, answered and told: ownership, lists, limits of a body, events."""

CHANGES = {
    "functions/orders/handler.py": [
        ("another's order can be read", "order_id, _caller().user_id).order", "order_id).order"),
        (
            "another's items can be read",
            "found = service.get_order(repository(), order_id, _caller().user_id)",
            "found = service.get_order(repository(), order_id)",
        ),
        ("another's order can be called off", "owner = _caller().user_id", "owner = None"),
        ("customers move orders", "openapi_extensions=ADMIN", "openapi_extensions=USER"),
    ],
    "functions/orders/service.py": [
        ("who owns it is not asked", "found.order.user_id != owner", "False"),
        ("customers list anyone's", "if caller.role is Role.ADMIN:", "if True:"),
        (
            "a list of another's is one's own",
            "if user_id is not None:\n        raise",
            "if False:\n        raise",
        ),
        ("a cursor serves any user", '("orders", user_id, status)', '("orders", status)'),
        ("a cursor serves any status", '("orders", user_id, status)', '("orders", user_id)'),
        (
            "a lagging index shows a status of the past",
            "if status is None or order.status is status",
            "if True",
        ),
        ("a page may be too large to answer", "if size <= _MOST_ITEMS", "if True"),
        ("what did not fit is lost", "if len(shown) < len(found):", "if False:"),
        (
            "the store is asked for what is no id",
            "if is_id(order_id) else None",
            "if order_id else None",
        ),
    ],
    "functions/orders/repository.py": [
        ("a page begins with the last one's end", "#placedKey < :after", "#placedKey <= :after"),
        ("no page is the last", "if len(rows) > limit else None", "if rows else None"),
        ("the oldest come first", "forward=False", "forward=True"),
        ("the status does not filter", "if user_id and status:", "if False:"),
        (
            "one moment is one place in a list",
            'return f"{order_date}#{order_id}"',
            'return f"{order_date[:19]}#{order_id}"',
        ),
        (
            "a page is put together from what was once",
            "[order_key(each) for each in order_ids], consistent=True",
            "[order_key(each) for each in order_ids]",
        ),
        (
            "an order rests on what was once",
            "            consistent=True,\n        )\n        offers",
            "        )\n        offers",
        ),
        ("unpaid orders stay", "#placedKey < :before", "#placedKey > :before"),
    ],
    "functions/orders/order_events.py": [
        (
            "a change that moves nothing is told",
            "if previous and previous.order.status == present.order.status:",
            "if False:",
        ),
        ("all events of an order are one", 'f"{order.id}#{present.version}"', "order.id"),
        ("an event forgets where from", "previous.order.status if previous else None", "None"),
    ],
    "functions/orders/bus.py": [
        ("what the bus refused is forgotten", 'if answer["FailedEntryCount"]:', "if False:"),
    ],
    "functions/orders/models.py": [
        ("of two lines the last one counts", "+= line.quantity", "= line.quantity"),
        (
            "two lines may exceed the limit",
            "if max(quantities.values()) > MAX_QUANTITY:",
            "if False:",
        ),
        ("51 products are an order", "> MAX_PRODUCTS:", "> MAX_PRODUCTS + 1:"),
        ("nothing can be ordered", "Field(ge=1,", "Field(ge=0,"),
        ("less than nothing can be ordered", "Field(ge=1,", "Field(ge=-10_000,"),
        ("text is a quantity", "le=MAX_QUANTITY, strict=True", "le=MAX_QUANTITY"),
    ],
}
