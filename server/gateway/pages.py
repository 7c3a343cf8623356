"""The pages: everything the server says over plain HTTP.

    /                             the demo, where there is one
    /health                       how the server does
    /console/                     the agents' page
    /console/admin/               administration
    /console/admin/preview        the widget, beside a channel's settings
    /demo/, /demo/<page>          the demo shop, in demo mode
    /widget/<channel>/widget.js   the loader a site puts into its pages
    /widget/<channel>/frame       the conversation, inside the loader's frame
    /web/<folder>/<file>          what those pages load

Websockets do not come this way; see docs/protocol.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from server.domain.channel import Channel
from server.domain.context import TOLD_BY_PAGES
from server.gateway import health as health_page
from server.gateway.health import HealthSource
from server.gateway.security_headers import (
    SecurityHeaders,
    page_policy,
    socket_origin,
)
from server.gateway.static_files import HTML, Asset, StaticFiles
from server.ids import ChannelId

#: Addresses, and what answers there.
Routes = list[Route]
#: What customers of a channel are told while nobody answers; None: somebody
#: does, or may.
Closed = Callable[[Channel], str | None]

WEB = Path(__file__).parent.parent / "web"

CONFIG = "{{dayfly-config}}"

#: Beside the loader, the one script that pages of other sites load.
SHIM = "widget/pega.js"
_FOR_OTHER_SITES = {"cross-origin-resource-policy": "cross-origin"}

_DEMO_PAGE = re.compile(r"([a-z0-9_-]+)(\.html)?")

# Escapes that mean the same to JSON and nothing to HTML: no text in it can
# end the script element or begin another. The two line separators are
# escaped by ``json.dumps`` itself, as is all that is not ASCII.
_IN_A_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def pages(  # noqa: PLR0913 - what the pages are made of, by name
    *,
    channels: Mapping[ChannelId, Channel],
    public_origin: str | None,
    demo: bool,
    health: HealthSource,
    closed: Closed = lambda _: None,
    web: Path = WEB,
    more: Sequence[Route] = (),
) -> ASGIApp:
    """The ASGI application that answers every plain HTTP request.

    Args:
        channels: By id; the widgets there are, now and whenever it is asked.
        public_origin: How browsers reach the server (``https://host``), if a
            proxy stands before it; None: as each request says itself.
        demo: Whether the demo shop is open, and may show the widgets.
        health: Asked at each request to ``/health``.
        closed: What a channel's customers are told while nobody answers.
        web: The folder of the files.
        more: What other files of the gateway answer.
    """
    site = _Site(
        channels,
        web,
        public_origin=public_origin,
        demo=demo,
        health=health,
        closed=closed,
    )
    app = Starlette(routes=[*site.routes(), *more])
    # A redirect to an absolute address would repeat whatever Host was sent.
    app.router.redirect_slashes = False
    https = public_origin is not None and public_origin.startswith("https:")
    return SecurityHeaders(app, is_https=https)


class _Site:
    """What the routes share."""

    def __init__(
        self,
        channels: Mapping[ChannelId, Channel],
        web: Path,
        *,
        public_origin: str | None,
        demo: bool,
        health: HealthSource,
        closed: Closed,
    ) -> None:
        self._channels = channels
        self._files = StaticFiles(web)
        self._public_origin = public_origin
        self._demo = demo
        self._health = health
        self._closed = closed
        # As many as channels; made anew when what it says has changed.
        self._frames: dict[ChannelId, tuple[Channel, str | None, Asset]] = {}

    def routes(self) -> list[Route]:
        """One line an address."""
        routes = [
            Route("/health", self.health),
            Route("/console", _to("/console/"), methods=["GET"]),
            Route("/console/", self.console),
            Route("/console/admin", _to("/console/admin/"), methods=["GET"]),
            Route("/console/admin/", self.administration),
            Route("/console/admin/preview", self.preview),
            Route("/widget/{channel}/widget.js", self.loader),
            Route("/widget/{channel}/frame", self.frame),
            Route("/web/{folder}/{file}", self.file),
        ]
        if self._demo:
            routes += [
                Route("/", _to("/demo/"), methods=["GET"]),
                Route("/demo", _to("/demo/"), methods=["GET"]),
                Route("/demo/", self.demo),
                Route("/demo/{page}", self.demo),
            ]
        return routes

    async def health(self, request: Request) -> Response:
        page = self._files.page("health/index.html")
        return health_page.answer(
            request,
            self._health(),
            template=page.body.decode() if page else None,
            policy=page_policy(),
        )

    async def console(self, request: Request) -> Response:
        policy = page_policy(sockets=self._sockets(request), sends_forms=True)
        page = _found(self._files.page("console/index.html"))
        return page.answer(request, {"content-security-policy": policy})

    async def administration(self, request: Request) -> Response:
        policy = page_policy(sends_forms=True, shows_frames=True)
        page = _found(self._files.page("admin/index.html"))
        return page.answer(request, {"content-security-policy": policy})

    async def preview(self, request: Request) -> Response:
        # A page of its own: what customers are shown stays in the frames of
        # the sites that a channel names.
        policy = page_policy(framed_by=("'self'",))
        page = _found(self._files.page("admin/preview.html"))
        return page.answer(request, {"content-security-policy": policy})

    async def demo(self, request: Request) -> Response:
        name = request.path_params.get("page", "index")
        match = _DEMO_PAGE.fullmatch(name)
        page = self._files.page(f"demo/{match[1]}.html") if match else None
        policy = page_policy(sockets=self._sockets(request), shows_frames=True)
        return _found(page).answer(request, {"content-security-policy": policy})

    async def loader(self, request: Request) -> Response:
        self._channel(request)
        script = _found(self._files.asset("widget/widget.js"))
        return script.answer(request, _FOR_OTHER_SITES)

    async def frame(self, request: Request) -> Response:
        channel = self._channel(request)
        page = self._frame_of(channel)
        own = ("'self'",) if self._demo else ()
        headers = {
            "content-security-policy": page_policy(
                sockets=self._sockets(request),
                framed_by=(*own, *channel.allowed_origins),
            ),
            # Sites that isolate themselves show only frames that do, too.
            "cross-origin-embedder-policy": "require-corp",
            "cross-origin-resource-policy": "cross-origin",
        }
        return page.answer(request, headers)

    async def file(self, request: Request) -> Response:
        folder, file = (
            request.path_params["folder"],
            request.path_params["file"],
        )
        if folder == "demo" and not self._demo:
            raise HTTPException(404)
        name = f"{folder}/{file}"
        headers = _FOR_OTHER_SITES if name == SHIM else {}
        return _found(self._files.asset(name)).answer(request, headers)

    def _channel(self, request: Request) -> Channel:
        id_ = ChannelId(request.path_params["channel"])
        channel = self._channels.get(id_)
        if channel is None:
            self._frames.pop(id_, None)
            raise HTTPException(404)
        return channel

    def _sockets(self, request: Request) -> str | None:
        if self._public_origin is not None:
            parts = urlsplit(self._public_origin)
            return socket_origin(parts.scheme, parts.netloc)
        return socket_origin(
            request.scope["scheme"], request.headers.get("host", "")
        )

    def _frame_of(self, channel: Channel) -> Asset:
        closed = self._closed(channel)
        known = self._frames.get(channel.id)
        if known is not None and known[0] is channel and known[1] == closed:
            return known[2]
        template = _found(self._files.page("widget/frame.html"))
        page = self._made_frame(channel, closed, template.body.decode())
        self._frames[channel.id] = channel, closed, page
        return page

    def _made_frame(
        self, channel: Channel, closed: str | None, template: str
    ) -> Asset:
        spoken = self._files.names("widget/strings-*.js")
        languages = [name.split("strings-")[1][:-3] for name in spoken]
        config = {
            "channel": channel.id,
            "name": channel.name,
            # What it says before anybody has written: while nobody answers,
            # that; who writes all the same waits until somebody does.
            "greeting": closed or channel.greeting,
            "closed": closed is not None,
            "color": channel.color,
            "allowed_origins": channel.allowed_origins,
            "socket": f"/socket/customer/{channel.id}",
            "collect": [
                part.value for part in TOLD_BY_PAGES if part in channel.context
            ],
            "cookies": sorted(channel.allowed_cookies),
            "attachments": _attachments_of(channel),
            "retention": channel.retention,
            "languages": ["en", *languages],
        }
        page = template.replace(CONFIG, in_a_script(config))
        return Asset.of(page.encode(), HTML)


def _attachments_of(channel: Channel) -> dict[str, float] | None:
    if channel.attachment_bytes == 0:
        return None
    return {
        "mib": channel.attachment_bytes / 2**20,
        "count": channel.most_attachments,
    }


def in_a_script(value: object) -> str:
    """``value`` as JSON that may stand inside a script element."""
    return json.dumps(value, separators=(",", ":")).translate(_IN_A_SCRIPT)


def _found(asset: Asset | None) -> Asset:
    if asset is None:
        raise HTTPException(404)
    return asset


def _to(path: str) -> RedirectResponse:
    return RedirectResponse(path)
