"""Mutation controls: what the tests of orders are worth, found out by breaking the code.

`make mutants` (`python -m tests.mutation`) takes out of a copy of the sources one condition, check
or number at a time (``mutants.py``) and runs the tests of orders against it: each time a test must
notice. The tests are the judge; what they let pass is a promise that nothing holds.
"""
