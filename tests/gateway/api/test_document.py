"""The OpenAPI document says what the operations are, and no more."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from server.gateway.api.document import document
from server.gateway.api.problems import DETAILS
from server.gateway.api.table import every_operation
from tools import api_document

OPERATIONS = every_operation()
DOCUMENT: dict[str, Any] = document(OPERATIONS)


def references(part: Any) -> set[str]:
    """What ``part`` refers to."""
    return set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(part)))


def test_every_operation_is_in_it() -> None:
    """At its address, by its name."""
    found = {
        (method.upper(), path): told["operationId"]
        for path, methods in DOCUMENT["paths"].items()
        for method, told in methods.items()
    }

    assert found == {(one.method, one.path): one.name for one in OPERATIONS}


def test_every_reference_leads_somewhere() -> None:
    """Programs that are generated from it need all of it."""
    named = DOCUMENT["components"]["schemas"]

    assert references(DOCUMENT) <= {
        f"#/components/schemas/{name}" for name in named
    }


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_each_says_how_it_is_called_and_refused(operation: Any) -> None:
    """Its variables, its body, its answer and its problems."""
    told = DOCUMENT["paths"][operation.path][operation.method.lower()]

    in_path = {one["name"] for one in told["parameters"] if one["in"] == "path"}
    assert in_path == set(re.findall(r"{(\w+)}", operation.path))
    assert ("requestBody" in told) is (operation.takes is not None)
    good = told["responses"][str(operation.status)]
    has_body = operation.gives is not None or operation.streams is not None
    assert ("content" in good) is has_body
    assert ("401" in told["responses"]) or operation.is_open
    assert told["summary"].endswith(".")
    if operation.is_open:
        assert told["security"] == []
    for status, one in told["responses"].items():
        if int(status) >= 400:
            kind = "problem+json" if operation.do else "json"
            assert list(one["content"]) == [f"application/{kind}"]


def test_no_secret_is_promised_in_an_answer() -> None:
    """What is given has no field for it; what is shown once is named so."""
    given = {
        name: set(schema.get("properties", ()))
        for name, schema in DOCUMENT["components"]["schemas"].items()
        if not name.endswith("Form")
    }

    for name in ("Channel", "Agent", "Application", "ApiKey", "Credential"):
        assert given[name].isdisjoint(
            {"secret", "secrets", "password_hash", "key_hash", "value"}
        )


def test_the_page_for_people_is_that_of_the_table() -> None:
    """`python -m tools.api_document` would write what is there."""
    written = api_document.PAGE.read_text("utf-8")

    assert api_document.page(written) == written
    assert all(
        f"| `{one.method} {one.path}` |" in written for one in OPERATIONS
    )
    assert all(f"| `{code}` |" in written for code in DETAILS)
