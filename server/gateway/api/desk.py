"""Operations about the desk: queues, canned answers, business hours."""

from __future__ import annotations

from server.domain.permission import Scope
from server.domain.resource import ResourceKind
from server.gateway.api.operation import Operation
from server.gateway.api.resources import Administering, Kind, five
from server.protocol.forms import (
    BusinessHoursForm,
    CannedAnswerForm,
    Form,
    QueueForm,
)

TAG = "desk"


def _kind(kind: ResourceKind, form: type[Form], path: str, word: str) -> Kind:
    return Kind(
        kind=kind,
        path=path,
        word=word,
        form=form,
        read=Scope.DESK_READ,
        write=Scope.DESK_WRITE,
        tag=TAG,
    )


KINDS = (
    _kind(ResourceKind.QUEUE, QueueForm, "queues", "queue"),
    _kind(
        ResourceKind.CANNED_ANSWER,
        CannedAnswerForm,
        "canned-answers",
        "canned answer",
    ),
    _kind(
        ResourceKind.BUSINESS_HOURS,
        BusinessHoursForm,
        "business-hours",
        "business hours",
    ),
)


def operations(service: Administering) -> list[Operation]:
    """All of them."""
    return [one for kind in KINDS for one in five(kind, service)]
