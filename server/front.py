"""The way in: door, sockets, pages and routes of one server, on one port."""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial

from server.api_on_demand import ApiOnDemand
from server.config import Config
from server.gateway.answer_routes import AnswerRoutes
from server.gateway.attachment_routes import AttachmentRoutes
from server.gateway.door import Door, Entry
from server.gateway.health import HealthSource
from server.gateway.listener import Listener
from server.gateway.monitoring_routes import (
    MonitoringRoutes,
    Monitors,
    Readers,
)
from server.gateway.pages import Routes, pages
from server.gateway.party import Party
from server.gateway.private_routes import PrivateRoutes
from server.gateway.transcript_routes import TranscriptRoutes
from server.gateway.watch import SocketWatch
from server.gateway.websocket import Gate, WebSocket
from server.parts import Parts
from server.protocol.parts import Role
from server.services.answering import Shift
from server.services.desk import closed_message
from server.services.serving import Service
from server.services.visiting import HEARTBEAT, Visit
from server.tenants import own_origins

#: Frames a second, if a sender's messages do not need more.
FEWEST_FRAMES = 50.0


class Front:
    """Whoever reaches the server comes through here.

    Args:
        config: What the operator wants.
        parts: What those who come in may do.
        api: The API.
        bound: The socket, bound and not yet listening.
        health: Asked at each request to ``/health``.
        is_ready: Asked at each request to ``/ready``.

    Attributes:
        door: Counts connections.
        sockets: How many are open, by role.
        watch: Keeps an eye on the open sockets; to be run.
        listener: Accepts connections; to be run.
    """

    def __init__(
        self,
        config: Config,
        parts: Parts,
        api: ApiOnDemand,
        *,
        bound: socket.socket,
        health: HealthSource,
        is_ready: Callable[[], bool],
    ) -> None:
        self._config = config
        self._parts = parts
        port = bound.getsockname()[1]
        self.door = self._make_door(port)
        self.sockets = dict.fromkeys(Role, 0)
        self.watch = SocketWatch(parts.house.clock, heartbeat=HEARTBEAT)
        tls = (config.tls.certificate, config.tls.key) if config.tls else None
        self.listener = Listener(
            pages(
                channels=parts.house.channels,
                closed=partial(closed_message, parts.house),
                public_origin=config.public_url,
                demo=config.demo,
                health=health,
                more=self._routes(
                    is_ready,
                    api.routes(
                        address_of=self.door.address_of,
                        own_origins=own_origins(config, port),
                    ),
                ),
            ),
            self._gate(),
            bound=bound,
            tls=tls,
        )

    def _routes(self, is_ready: Callable[[], bool], api: Routes) -> Routes:
        parts = self._parts
        return [
            *AttachmentRoutes(
                parts.attaching, parts.bearers.bearer_of
            ).routes(),
            *PrivateRoutes(parts.confiding, self.door.address_of).routes(),
            *AnswerRoutes(parts.programs.applying).routes(),
            *TranscriptRoutes(
                parts.transcribing, parts.bearers.bearer_of
            ).routes(),
            *self._monitoring(is_ready).routes(),
            *api,  # last: it answers for all that is left below its address
        ]

    def _make_door(self, port: int) -> Door:
        limits = self._config.limits
        return Door(
            self._parts.house.channels,
            own_origins=own_origins(self._config, port),
            trusted_proxies=self._config.trusted_proxies,
            most=limits.connections,
            most_per_address=limits.connections_per_address,
        )

    def _monitoring(self, is_ready: Callable[[], bool]) -> MonitoringRoutes:
        config = self._config
        return MonitoringRoutes(
            self._parts.house.metrics.text,
            is_ready,
            clock=self._parts.house.clock,
            monitors=Monitors(
                Readers(config.metrics),
                bytes.fromhex(config.metrics_token_hash or ""),
            ),
            is_proxy=self.door.is_trusted,
        )

    def _gate(self) -> Gate:
        parts = self._parts
        # Marks and typing come on top of messages, and in proportion.
        frames = 4 * self._config.limits.messages_per_second
        return Gate(
            clock=parts.house.clock,
            door=self.door,
            watch=self.watch,
            errands=parts.house.errands,
            party=self._party,
            frames_per_second=max(FEWEST_FRAMES, frames),
            metrics=parts.house.metrics,
            sockets=self.sockets,
        )

    def _party(self, entry: Entry, listener: WebSocket) -> Party:
        parts = self._parts
        if entry.role is Role.APPLICATION:
            return Service(
                parts.house,
                parts.programs.applying,
                parts.programs.relaying,
                listener=listener,
            )
        if entry.channel is None:
            return Shift(
                parts.house,
                parts.ending,
                parts.remembering,
                parts.signing_in,
                listener=listener,
            )
        return Visit(
            parts.house,
            parts.ending,
            parts.remembering,
            channel=entry.channel,
            listener=listener,
            arrival=entry.arrival,
        )
