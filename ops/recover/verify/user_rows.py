"""What a row of the users table, or of the addresses table, tells."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from addresses.repository import BOOK, AddressRepository, book_key
from addresses.repository import Book as StoredBook
from ops.recover.verify.facts import ADDRESSES, USERS, Address, Book, Facts, Need, Thing
from ops.recover.verify.product_rows import is_time
from ops.recover.verify.readers import Misread, Rows, countable, differing, tried
from ops.recover.verify.rules import Key, Problem, Rule
from shop.contracts.addresses import ADDRESS
from shop.contracts.users import PREFIX, user_key
from shop.contracts.users import SORT_KEY as USER
from shop.ids import is_id
from users import emails, passwords
from users.rows import (
    SESSION_PREFIX,
    Account,
    Session,
    from_account,
    from_attempts,
    from_session,
    marker_key,
    to_account,
    to_attempts,
    to_session,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shop.dynamo import Item

_MARKER, _ATTEMPTS = "EMAIL", "ATTEMPTS"
_ACCOUNT, _SESSION, _BOOK = TypeAdapter(Account), TypeAdapter(Session), TypeAdapter(StoredBook)


def users_facts(row: Item) -> Facts:
    """Of any row of the users table."""
    pk, sk = str(row["pk"]), str(row["sk"])
    kind, _, rest = pk.partition("#")
    if kind == USER and is_id(rest):
        if sk == USER:
            return _user(row, rest)
        if sk.startswith(SESSION_PREFIX):
            problems = _unwritten(Rule.SESSION_ROW, partial(_session, rest), row)
            return Facts(needs=[_its_user(Rule.SESSION_USER, rest)], problems=problems)
    if (kind, sk) == (_MARKER, _MARKER):
        return _marker(row, Key(USERS, pk, sk), rest)
    if (kind, sk) == (_ATTEMPTS, _ATTEMPTS):
        return Facts(problems=_unwritten(Rule.ATTEMPTS_ROW, _attempts, row))
    return Facts(problems=[Problem(Rule.UNKNOWN_ROW, "nothing of accounts has this key")])


def _unwritten(rule: Rule, written: Callable[[Item], Item], row: Item) -> list[Problem]:
    """What is wrong with a row that should be as it is ``written`` once more."""
    found = tried(written, row)
    if isinstance(found, Misread):
        return [Problem(rule, found.text)]
    names = differing(row, found)
    return [Problem(rule, f"not as it is written: {', '.join(names)}")] if names else []


def _session(user_id: str, row: Item) -> Item:
    read = to_session(user_id, row)
    return from_session(_SESSION.validate_python(read, strict=True))


def _attempts(row: Item) -> Item:
    counted = to_attempts(row)
    return {"pk": row["pk"], "sk": row["sk"], **(from_attempts(counted) if counted else {})}


def _user_key(user_id: str) -> Key:
    key = user_key(user_id)
    return Key(USERS, key["pk"], key["sk"])


def _its_user(rule: Rule, user_id: str) -> Need:
    return Need(rule, Thing(_user_key(user_id)), "its user is not there")


def _user(row: Item, user_id: str) -> Facts:
    facts = Facts(offers=[Thing(_user_key(user_id))], user=user_id)
    account = tried(_account, row)
    if isinstance(account, Misread):
        facts.problems.append(Problem(Rule.USER_ROW, account.text))
    else:
        facts.problems += _problems(row, user_id, account)
    email_key = row.get("emailKey")
    if isinstance(email_key, str):
        facts.offers.append(Thing(_user_key(user_id), (("emailKey", email_key),)))
        marker = marker_key(email_key)
        wanted = Thing(Key(USERS, marker["pk"], marker["sk"]), (("userId", user_id),))
        facts.needs.append(Need(Rule.USER_MARKER, wanted, "its address is not marked as its own"))
    return facts


def _account(row: Item) -> Account:
    return _ACCOUNT.validate_python(to_account(row), strict=True)


def _problems(row: Item, user_id: str, account: Account) -> Iterator[Problem]:
    names = differing(row, {**from_account(account), **user_key(user_id)})
    if account.id != user_id:
        names.append("newestKey")
    try:
        if emails.key(account.email) != account.email_key:
            names.append("emailKey")
    except ValueError:
        names.append("email")
    try:
        passwords.needs_rehash(account.password_hash)
    except ValueError:  # it is none
        names.append("passwordHash")
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
        book = tried(partial(_book, user_id), row)
        if isinstance(book, Misread):
            facts.problems.append(Problem(Rule.BOOK_ROW, book.text))
        else:
            facts.book = book
    else:
        facts.address = Address(user_id, address_id)
        facts.problems += _address_problems(row, user_id)
    return facts


def _book(user_id: str, row: Item) -> Book:
    book = AddressRepository(Rows(row), Rows()).book(user_id)
    book = _BOOK.validate_python(book, strict=True)
    if countable(row["count"]) is None:
        raise ValueError
    return Book(user_id, book.size, book.default_id)


def _address_problems(row: Item, user_id: str) -> Iterator[Problem]:
    book = {**book_key(user_id), "count": 1}
    read = tried(lambda row: AddressRepository(Rows(row, book), Rows()).all(user_id), row)
    if isinstance(read, Misread):
        yield Problem(Rule.ADDRESS_ROW, read.text)
        return
    bad = [name for name, value in row.items() if value == ""]
    bad += [name for name in ("createdAt", "updatedAt") if not is_time(row[name])]
    if bad:
        yield Problem(Rule.ADDRESS_ROW, f"blank or wrong: {', '.join(bad)}")


def address_key(user_id: str, address_id: str | None) -> Key:
    """Of an address; without an id of the book."""
    return Key(ADDRESSES, f"{PREFIX}{user_id}", f"{ADDRESS}{address_id}" if address_id else BOOK)
