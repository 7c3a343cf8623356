"""Operations about the server itself; the operator's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from server.domain.permission import Scope
from server.gateway.api.operation import Call, Operation
from server.gateway.health import HealthSource
from server.protocol.api_answers import Rotation, ServerStatus

TAG = "server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges:
    """What is asked about the server.

    Attributes:
        health: How it does.
        is_ready: Whether anybody should be sent here.
        is_rotating: Whether the master key is being changed.
        rotated: How many keys were put under the new one.
        address: How browsers reach it, without a slash behind.
        port: On which it listens.
    """

    health: HealthSource
    is_ready: Callable[[], bool]
    is_rotating: Callable[[], bool]
    rotated: Callable[[], int]
    address: str
    port: int


def operations(gauges: Gauges) -> list[Operation]:
    """All of them."""

    async def status(_: Call) -> object:
        return _status(gauges)

    async def rotation(_: Call) -> object:
        return Rotation(is_running=gauges.is_rotating(), slots=gauges.rotated())

    return [
        Operation(
            method="GET",
            path="/server/status",
            name="get_status",
            summary="How the server does.",
            tag=TAG,
            scope=Scope.SERVER,
            do=status,
            gives=ServerStatus,
        ),
        Operation(
            method="GET",
            path="/server/rotation",
            name="get_rotation",
            summary="How far the change of the master key has got.",
            tag=TAG,
            scope=Scope.SERVER,
            do=rotation,
            gives=Rotation,
        ),
    ]


def _status(gauges: Gauges) -> ServerStatus:
    health = gauges.health()
    return ServerStatus(
        version=health.version,
        address=gauges.address,
        port=gauges.port,
        status=health.status.value,
        is_ready=gauges.is_ready(),
        uptime_seconds=health.uptime_seconds,
        sessions=health.sessions,
        connections=health.connections,
        conversations=health.conversations,
        last_checkpoint_ok=health.last_checkpoint_ok,
    )
