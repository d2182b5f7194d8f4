"""The shape of the tables: what a template says of it, and which steps are safe.

Pure Python but for ``validation``: the ``shop`` command uses it without starting the CDK.
"""
