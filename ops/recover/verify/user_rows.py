"""What a row of the users table, or of the addresses table, tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from addresses.repository import BOOK
from ops.recover.verify.facts import ADDRESSES, USERS, Address, Book, Facts, Need, Thing
from ops.recover.verify.product_rows import is_time
from ops.recover.verify.rules import Key, Problem, Rule
from shop.contracts.addresses import ADDRESS
from shop.contracts.users import PREFIX, user_key
from shop.contracts.users import SORT_KEY as USER
from shop.ids import is_id
from users import emails
from users.rows import SESSION_PREFIX, from_account, marker_key, to_account

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shop.dynamo import Item
    from users.rows import Account

_MARKER, _ATTEMPTS = "EMAIL", "ATTEMPTS"


def users_facts(row: Item) -> Facts:
    """Of any row of the users table."""
    pk, sk = str(row["pk"]), str(row["sk"])
    kind, _, rest = pk.partition("#")
    if kind == USER and is_id(rest):
        if sk == USER:
            return _user(row, rest)
        if sk.startswith(SESSION_PREFIX):
            return Facts(needs=[_its_user(Rule.SESSION_USER, rest)])
    if (kind, sk) == (_MARKER, _MARKER):
        return _marker(row, Key(USERS, pk, sk), rest)
    if (kind, sk) == (_ATTEMPTS, _ATTEMPTS):
        return Facts()
    return Facts(problems=[Problem(Rule.UNKNOWN_ROW, "nothing of accounts has this key")])


def _user_key(user_id: str) -> Key:
    key = user_key(user_id)
    return Key(USERS, key["pk"], key["sk"])


def _its_user(rule: Rule, user_id: str) -> Need:
    return Need(rule, Thing(_user_key(user_id)), "its user is not there")


def _user(row: Item, user_id: str) -> Facts:
    facts = Facts(offers=[Thing(_user_key(user_id))], user=user_id)
    try:
        account = to_account(row)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        text = f"it cannot be read: {type(error).__name__}"
        facts.problems.append(Problem(Rule.USER_ROW, text))
    else:
        facts.problems += _problems(row, user_id, account) if account else []
    email_key = row.get("emailKey")
    if isinstance(email_key, str):
        facts.offers.append(Thing(_user_key(user_id), (("emailKey", email_key),)))
        marker = marker_key(email_key)
        wanted = Thing(Key(USERS, marker["pk"], marker["sk"]), (("userId", user_id),))
        facts.needs.append(Need(Rule.USER_MARKER, wanted, "its address is not marked as its own"))
    return facts


def _problems(row: Item, user_id: str, account: Account) -> Iterator[Problem]:
    written = {name: value for name, value in from_account(account).items() if value is not None}
    written |= user_key(user_id)
    names = sorted(name for name in {*row, *written} if row.get(name) != written.get(name))
    if account.id != user_id:
        names.append("newestKey")
    try:
        if emails.key(account.email) != account.email_key:
            names.append("emailKey")
    except ValueError:
        names.append("email")
    if names:
        yield Problem(Rule.USER_ROW, f"not what the others make it: {', '.join(names)}")


def _marker(row: Item, key: Key, email_key: str) -> Facts:
    user_id = str(row.get("userId"))
    owner = Thing(_user_key(user_id), (("emailKey", email_key),))
    return Facts(
        offers=[Thing(key, (("userId", user_id),))],
        needs=[Need(Rule.MARKER_USER, owner, f"the account {user_id} has not this address")],
    )


def addresses_facts(row: Item) -> Facts:
    """Of any row of the addresses table."""
    pk, sk = str(row["pk"]), str(row["sk"])
    user_id = pk.removeprefix(PREFIX)
    address_id = sk.removeprefix(ADDRESS)
    known = sk == BOOK or (sk.startswith(ADDRESS) and is_id(address_id))
    if not (pk.startswith(PREFIX) and is_id(user_id) and known):
        return Facts(problems=[Problem(Rule.UNKNOWN_ROW, "nothing of address books has this key")])
    facts = Facts(needs=[_its_user(Rule.ADDRESS_USER, user_id)])
    if sk == BOOK:
        facts.book = Book(user_id, int(row.get("count", 0)), row.get("defaultId"))
        return facts
    facts.address = Address(user_id, address_id)
    bad = [name for name in ("street", "city", "country") if not row.get(name)]
    bad += [name for name in ("createdAt", "updatedAt") if not is_time(row.get(name))]
    if bad:
        facts.problems.append(Problem(Rule.ADDRESS_ROW, f"missing or wrong: {', '.join(bad)}"))
    return facts


def address_key(user_id: str, address_id: str | None) -> Key:
    """Of an address; without an id of the book."""
    return Key(ADDRESSES, f"{PREFIX}{user_id}", f"{ADDRESS}{address_id}" if address_id else BOOK)
