"""Operations about applications, and what an application answers."""

from __future__ import annotations

from server.domain.permission import Scope
from server.domain.resource import ResourceKind
from server.gateway.api.operation import Operation
from server.gateway.api.resources import Administering, Kind, five
from server.protocol.forms import ApplicationForm

TAG = "applications"

KIND = Kind(
    kind=ResourceKind.APPLICATION,
    path="applications",
    word="application",
    form=ApplicationForm,
    read=Scope.APPLICATIONS_READ,
    write=Scope.APPLICATIONS_WRITE,
    tag=TAG,
)


def operations(service: Administering) -> list[Operation]:
    """All of them."""
    return five(KIND, service)
