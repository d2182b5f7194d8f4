"""Mutants of what is written: conditions, what they need, what follows when one fails."""

CHANGES = {
    "layers/shared/python/shop/contracts/products.py": [
        ("more is sold than there is", " AND #stock >= :quantity", ""),
        ("the last piece is not sold", "#stock >= :quantity", "#stock > :quantity"),
        (
            "it is sold at a price of the past",
            "#price = :price AND",
            "(#price = :price OR #price <> :price) AND",
        ),
        (
            "it is sold under a name of the past",
            "AND #name = :name",
            "AND (#name = :name OR #name <> :name)",
        ),
        (
            "what was archived meanwhile is sold",
            'ON_SALE = "#active = :yes"',
            'ON_SALE = "(#active = :yes OR #active <> :yes)"',
        ),
        ("what is archived is on offer", 'if not row.get("active")', "if not row"),
        ("a sale adds to the stock", "#stock - :quantity", "#stock + :quantity"),
        (
            "a sale leaves the product's version",
            'clock.after(seen.updated_at),\n            ":one": 1',
            'clock.after(seen.updated_at),\n            ":one": 0',
        ),
        ("a product's updatedAt stands still", "clock.after(seen.updated_at)", "seen.updated_at"),
        ("a return takes stock", "#stock + :quantity", "#stock - :quantity"),
        ("a return has no limit", "#stock <= :most", "#stock <= :most OR #stock > :most"),
        ("a return's limit is too high", "MAX_STOCK - quantity", "MAX_STOCK"),
        ("MAX_STOCK is another", "2_147_483_647", "2_147_483_648"),
    ],
    "layers/shared/python/shop/contracts/users.py": [
        (
            "nobody is asked for the account",
            "user_key(user_id), tells=False",
            'user_key(user_id), "attribute_exists(#pk) OR attribute_not_exists(#pk)", tells=False',
        ),
    ],
    "layers/shared/python/shop/contracts/addresses.py": [
        (
            "a deleted address is shipped to",
            '"#updatedAt = :seen"',
            '"#updatedAt = :seen OR attribute_not_exists(#updatedAt)"',
        ),
        (
            "a changed address is shipped to",
            '"#updatedAt = :seen"',
            '"#updatedAt = :seen OR attribute_exists(#updatedAt)"',
        ),
        ("anyone's address will do", 'return f"USER#{user_id}"', 'return "USER#"'),
    ],
    "layers/shared/python/shop/writes.py": [
        ("a conflict is final", '{"None", "TransactionConflict", ', '{"None", '),
        ("what is undecided is decided", 'if reason["Code"] not in looked_at}', "if not reason}"),
    ],
    "layers/shared/python/shop/optimistic.py": [
        ("who lost a race gives up", "            continue", "            break"),
    ],
    "functions/orders/writer.py": [
        (
            "an order is written over another",
            "writes.put(self._orders, order_row(stored))",
            'writes.put(self._orders, order_row(stored), "attribute_not_exists(#no)")',
        ),
        (
            "a move ignores a move between",
            '"#status = :seen"',
            '"#status = :seen OR #status <> :seen"',
        ),
        (
            "what is called off is not given back",
            "if moved.order.status is OrderStatus.CANCELLED:",
            "if False:",
        ),
        (
            "what is paid is given back",
            "if moved.order.status is OrderStatus.CANCELLED:",
            "if moved.order.status in (OrderStatus.CANCELLED, OrderStatus.PAID):",
        ),
        (
            "the order that is there is taken for news",
            "raise AlreadyPlaced(stored_order(present)) from None",
            "raise Outdated from failure",
        ),
        (
            "missing stock is final while the same order is being placed",
            "    if _ORDER in failure.undecided:",
            "    if False:",
        ),
        (
            "a full stock is final while the order is being moved",
            "failure.failed(_ORDER) or _ORDER in failure.undecided",
            "failure.failed(_ORDER)",
        ),
        ("an account gone is taken for news", "if failure.failed(_USER):", "if False:"),
        ("an address gone is no reason", "failure.failed(_ADDRESS) or", ""),
        (
            "a changed offer is taken for missing stock",
            "(found.name, found.price) == (seen.name, seen.price)",
            "True",
        ),
        (
            "one's own unheard move is taken for another's",
            "if failure.rows[_ORDER] == order_row(moved):",
            "if False:",
        ),
        ("a move leaves the version", '"version": moved.version', '"version": seen.version'),
        (
            "a move leaves the user's list by status",
            '"userStatus": user_status(order.user_id, order.status)',
            '"userStatus": user_status(order.user_id, seen.order.status)',
        ),
        (
            "a shortage tells of the wrong product",
            "zip(order.items, rows, strict=True)",
            "zip(reversed(order.items), rows, strict=True)",
        ),
    ],
    "functions/orders/placing.py": [
        ("a key is everyone's", 'f"{user_id}#{key}"', 'f"#{key}"'),
        ("the key does not count", 'f"{user_id}#{key}"', 'f"{user_id}#"'),
        (
            "a total is a float",
            "item.price * item.quantity for",
            "type(item.price)(float(item.price)) * item.quantity for",
        ),
        ("the quantity is not charged", "item.price * item.quantity", "item.price"),
        ("the largest total is too large", "total > MAXIMUM", "total >= MAXIMUM"),
        ("no total is too large", "if total > MAXIMUM:", "if False:"),
        (
            "a repeat may go elsewhere",
            "(quantities, order.shipping_address_id) != (new.quantities, new.shipping_address_id)",
            "quantities != new.quantities",
        ),
        (
            "a repeat may take another quantity",
            "quantities = {item.product_id: item.quantity for",
            "quantities = {item.product_id: new.quantities.get(item.product_id) for",
        ),
        (
            "a refusal hides one's own order",
            "placed = repository.find_settled(wanted)",
            "placed = None",
        ),
        (
            "a refusal looks at what is half written",
            "repository.find_settled(wanted)",
            "repository.find(wanted)",
        ),
        ("a repeat writes first", "if desk.placed:", "if False:"),
    ],
    "functions/orders/moves.py": [
        ("any move will do", "if to not in TRANSITIONS[seen.order.status]:", "if False:"),
        ("a move may go back in time", "clock.after(seen.order.updated_at)", "clock.now()"),
        ("a version tells of two states", "seen.version + 1", "seen.version"),
        (
            "an unheard move is reported as not done",
            "if repository.find(seen.order.id) != moved:",
            "if True:",
        ),
        ("unpaid orders get no time", "timedelta(minutes=minutes)", "timedelta(0)"),
        (
            "what is paid is called off as unpaid",
            "if seen.order.status is OrderStatus.PENDING:",
            "if True:",
        ),
        (
            "one that cannot be called off keeps the rest",
            "            failure = error",
            "            raise",
        ),
        ("a failed expiry is a secret", "if failure:\n", "if False:\n"),
        (
            "expiry begins what it has no time for",
            "if deadline.remaining() < _ROOM:\n                return\n            #",
            "if False:\n                return\n            #",
        ),
    ],
    "functions/orders/states.py": [
        (
            "what is shipped can be called off",
            "(OrderStatus.DELIVERED,)",
            "(OrderStatus.DELIVERED, OrderStatus.CANCELLED)",
        ),
        (
            "what is paid cannot be called off",
            "(OrderStatus.SHIPPED, OrderStatus.CANCELLED)",
            "(OrderStatus.SHIPPED,)",
        ),
    ],
}
