"""The mutants, file by file: what would be wrong, and the one place where code becomes other code.

A condition is not cut out but made true (``x = :x OR x <> :x``), so that the store still takes the
expression and what goes wrong is the promise. A mutant that nobody can tell from the code as it is
(a second guard behind a first) is none: it does not belong here.
"""

from tests.mutation import of_answers, of_writing
from tests.mutation.mutant import Mutant

TESTS = ["tests/shop/contracts", "tests/orders"]
"""The judges: those of them that are not exhaustive."""

FIRST = {
    "addresses": ["writer", "handler_place_refused"],
    "bus": ["bus"],
    "handler": ["handler_order", "handler_moves"],
    "models": ["models"],
    "moves": ["handler_moves", "unheard", "unpaid"],
    "order_events": ["events"],
    "placing": ["handler_repeat", "handler_place", "handler_place_refused", "unheard"],
    "repository": ["repository", "handler_list", "lists"],
    "service": ["handler_list", "lists", "handler_store"],
    "states": ["states"],
    "writer": ["writer", "conflicts"],
}
"""The tests of orders that are likely to notice, by the module that is changed; this saves time."""

NAMED = {
    "more is sold than there is",
    "it is sold at a price of the past",
    "what was archived meanwhile is sold",
    "nobody is asked for the account",
    "a deleted address is shipped to",
    "anyone's address will do",
    "an order is written over another",
    "a move ignores a move between",
    "what is called off is not given back",
    "a key is everyone's",
    "another's order can be read",
    "another's order can be called off",
    "customers list anyone's",
}
"""Those that the first promises rest on: enough to see that the tests still bite."""

MUTANTS = [
    Mutant(name, file, old, new)
    for changes in (of_writing.CHANGES, of_answers.CHANGES)
    for file, mutants in changes.items()
    for name, old, new in mutants
]


def judges(mutant: Mutant) -> list[str]:
    """The tests for a mutant, in order."""
    first = FIRST.get(mutant.module, ["writer"])
    return [*(f"tests/orders/test_{each}.py" for each in first), *TESTS]
