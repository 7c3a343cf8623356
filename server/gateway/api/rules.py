"""Operations about redaction rules."""

from __future__ import annotations

from server.domain.permission import Scope
from server.domain.resource import ResourceKind
from server.gateway.api.operation import Operation
from server.gateway.api.resources import Administering, Kind, five
from server.protocol.forms import RuleForm

TAG = "redaction"

KIND = Kind(
    kind=ResourceKind.RULE,
    path="redaction-rules",
    word="redaction rule",
    form=RuleForm,
    read=Scope.RULES_READ,
    write=Scope.RULES_WRITE,
    tag=TAG,
)


def operations(service: Administering) -> list[Operation]:
    """All of them."""
    return five(KIND, service)
