"""The OpenAPI 3.1 document, made from the table of operations.

Nothing in it is written by hand but what stands in this file: what every
operation has in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

from starlette.routing import compile_path

from server import __version__
from server.gateway.api.operation import Asked, Operation
from server.gateway.api.problems import MEDIA_TYPE
from server.protocol.api_answers import AnswerRefused, ProblemTold
from server.protocol.form_codec import schemas

_JSON = "application/json"
#: What nobody has signed in for may answer, and what all the others may, too.
_ALWAYS = (403, 405, 406, 413, 429, 500, 503)
_PROVED = (401,)
_WITH_BODY = (400, 415, 422)
_WITH_QUERY = (422,)
_WITH_ACCOUNT = (404,)

_HEADERS = {
    "Idempotency-Key": {
        "description": "the same key and request are done once",
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    },
    "If-Match": {
        "description": "an ETag: only if it is still that revision",
        "schema": {"type": "string", "pattern": '^("[0-9]{1,18}"|\\*)$'},
    },
}


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """The document of ``operations``."""
    types = _Types(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        methods = paths.setdefault(operation.path, {})
        methods[operation.method.lower()] = _described(operation, types)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Dayfly",
            "version": __version__,
            "summary": "Administration and privacy duties.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/api/v1"}],
        "tags": [
            {"name": name}
            for name in dict.fromkeys(one.tag for one in operations)
        ],
        "paths": paths,
        "security": [{"bearer": []}],
        "components": {
            "schemas": types.named,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


class _Types:
    """The schemas of all types that the operations name."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        kinds: list[Any] = [ProblemTold, AnswerRefused]
        for one in operations:
            kinds += [one.takes, one.gives]
            kinds += [asked.kind for asked in one.parameters]
        # By their ``repr``: a type with an annotation has no better name.
        distinct = {repr(kind): kind for kind in kinds if kind is not None}
        found, self.named = schemas(list(distinct.values()))
        self._by_name = dict(zip(distinct, found, strict=True))

    def of(self, kind: Any) -> dict[str, Any]:
        """The schema of ``kind``."""
        schema: dict[str, Any] = self._by_name[repr(kind)]
        return schema


def _described(operation: Operation, types: _Types) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": [
            *_in_path(operation),
            *(_in_query(asked, types) for asked in operation.parameters),
            *_in_headers(operation),
        ],
        "responses": _responses(operation, types),
    }
    if operation.takes is not None:
        told["requestBody"] = {
            "required": True,
            "content": {_JSON: {"schema": types.of(operation.takes)}},
        }
    if operation.is_open:
        told["security"] = []
    if operation.scope is not None:
        told["x-scope"] = operation.scope.value
    return told


def _in_path(operation: Operation) -> list[dict[str, Any]]:
    names = compile_path(operation.path)[2]
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1, "maxLength": 80},
        }
        for name in names
    ]


def _in_query(asked: Asked, types: _Types) -> dict[str, Any]:
    return {
        "name": asked.name,
        "in": "query",
        "description": asked.summary,
        "schema": types.of(asked.kind),
    }


def _in_headers(operation: Operation) -> list[dict[str, Any]]:
    names = []
    if operation.changes and not operation.is_open and operation.do:
        names.append("Idempotency-Key")
    if operation.is_guarded:
        names.append("If-Match")
    return [{"name": name, "in": "header", **_HEADERS[name]} for name in names]


def _responses(operation: Operation, types: _Types) -> dict[str, Any]:
    good: dict[str, Any] = {"description": operation.summary}
    if operation.gives is not None:
        schema = types.of(operation.gives)
        good["content"] = {
            _JSON: {"schema": _page(schema) if operation.is_paged else schema}
        }
    if operation.streams is not None:
        good["content"] = {operation.streams: {"schema": {}}}
    answers = {str(operation.status): good}
    for status in statuses(operation):
        answers[str(status)] = {
            "description": HTTPStatus(status).phrase,
            "content": _refusal(operation, types),
        }
    return answers


def _refusal(operation: Operation, types: _Types) -> dict[str, Any]:
    if operation.do is None:  # older than the rest, and as its page has it
        return {_JSON: {"schema": types.of(AnswerRefused)}}
    return {MEDIA_TYPE: {"schema": types.of(ProblemTold)}}


def statuses(operation: Operation) -> list[int]:
    """Every status with which ``operation`` may be refused."""
    found = {*_ALWAYS, *operation.problems}
    if not operation.is_open:
        found.update(_PROVED)
    # A body where none belongs is refused, too.
    found.update(_WITH_BODY if operation.takes else (400,))
    if operation.parameters or operation.changes:
        found.update(_WITH_QUERY)
    if operation.changes and not operation.is_open:
        found.add(409)
    if "{" in operation.path:
        found.update(_WITH_ACCOUNT)
    found.add(422)  # a parameter that is not known
    return sorted(found)


def _page(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": {"type": "array", "items": schema},
            "next": {
                "type": ["string", "null"],
                "description": "for `after`; null on the last page",
            },
        },
        "additionalProperties": False,
    }
