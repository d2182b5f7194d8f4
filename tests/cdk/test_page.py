"""The page of the API: it runs under the policy that it gives itself."""

import base64
import hashlib
import re

from cdk import documents


def test_every_script_of_the_page_is_allowed_by_its_own_policy() -> None:
    page = documents.render_page()
    (policy,) = re.findall(r"script-src ([^;]+);", page)
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in scripts
    ]
    assert len(scripts) == 2
    assert policy.split() == hashes


def test_nothing_hides_where_a_token_is_entered() -> None:
    assert ".scheme-container { display: none" not in documents.render_page()
