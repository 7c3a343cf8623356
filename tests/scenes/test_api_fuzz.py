"""Every operation is called with what the API's document allows, and more.

A program reads the document and makes requests of it, good ones and bad ones,
as the operator and as an administrator of the account. Whatever it sends, the
server does not fail, and answers nothing that the document does not say.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server.ids import token_hash
from tests.scenes.sites import PASSWORD, Site
from tests.scenes.test_api import ask

OPERATOR_KEY = "the operator's key of this scene"
#: Requests of one kind to one operation by one caller.
EXAMPLES = 2
#: The one fails often, and whoever fails often has to wait; after the other
#: nobody is signed in. Called last, the other one first.
LAST = ("sign_in", "sign_out")

CHECKS = (
    checks.not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)


@pytest.mark.timeout(300)
async def test_no_request_makes_the_server_fail(tmp_path: Path) -> None:
    """Neither the operator's nor an administrator's."""
    site = Site(
        tmp_path / "data",
        admin_key_hash=token_hash(OPERATOR_KEY).hex(),
    )
    await site.start()
    try:
        document = (await ask(site, "GET", "/openapi.json"))[1]
        token = await administrator(site)
        base = f"http://127.0.0.1:{site.server.port}/api/v1"
        called = await asyncio.to_thread(
            call_everything, document, base, (OPERATOR_KEY, token)
        )
    finally:
        await site.stop()

    assert called == {
        told["operationId"]
        for methods in document["paths"].values()
        for told in methods.values()
    }


async def administrator(site: Site) -> str:
    """The token of an administrator of the account, and a spare account."""
    spare = {"id": "spare", "name": "Spare"}
    made = await ask(site, "POST", "/accounts", local=True, body=spare)
    root = {
        "name": "root",
        "display_name": "Root",
        "password": PASSWORD,
        "roles": ["administrator", "privacy_officer", "supervisor"],
    }
    await ask(site, "POST", "/accounts/acme/agents", local=True, body=root)
    wish = {"name": "root", "password": PASSWORD}
    signed = await ask(site, "POST", "/sign-in", body=wish)
    assert (made[0], signed[0]) == (201, 200)
    return str(signed[1]["token"])


def call_everything(
    document: dict[str, Any], base: str, tokens: tuple[str, ...]
) -> set[str]:
    """Call all operations; the names of those that were called."""
    found = schemathesis.openapi.from_dict(open_to_all(document))
    results: list[Any] = list(found.get_all_operations())
    operations = [result.ok() for result in results]
    operations.sort(key=lambda one: (*LAST, name_of(one)).index(name_of(one)))
    operations.reverse()
    for operation in operations:
        for token in tokens:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                attempt(operation, mode, partial(call, base, token))
    return set(map(name_of, operations))


def open_to_all(document: dict[str, Any]) -> dict[str, Any]:
    """``document`` without a word of tokens.

    Otherwise bad ones would be tried, and whoever tries often has to wait.
    """
    plain = {name: one for name, one in document.items() if name != "security"}
    schemas = {"schemas": document["components"]["schemas"]}
    return plain | {"components": schemas}


def name_of(operation: Any) -> str:
    """What ``operation`` is called in the document."""
    return str(operation.definition.raw["operationId"])


def attempt(
    operation: Any, mode: GenerationMode, call_one: Callable[[Any], None]
) -> None:
    """Make some requests of one kind."""
    strategy = operation.as_strategy(generation_mode=mode)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def run(case: Any) -> None:
        call_one(case)

    # There is no bad request to what takes nothing.
    with suppress(Unsatisfiable):
        run()


def call(base: str, token: str, case: Any) -> None:
    """Send one request, and look at the answer."""
    name = name_of(case.operation)
    if "account" in (case.path_parameters or {}):
        is_removal = name == "remove_account"
        case.path_parameters["account"] = "spare" if is_removal else "acme"
    send = partial(
        case.call,
        base_url=base,
        headers={"authorization": f"Bearer {token}"},
    )
    response = send()
    for _ in range(30):
        if response.status_code != 429 or name in LAST:
            break
        time.sleep(0.1)  # as a program would, that is told to wait
        response = send()
    case.validate_response(response, checks=list(CHECKS))
