"""A route to everything below an address, whatever stands there."""

from __future__ import annotations

import re

from starlette.routing import Route
from starlette.types import ASGIApp


def below(path: str, application: ASGIApp) -> Route:
    """The route by which ``application`` answers all that is below ``path``."""
    route = Route(path + "/{rest:path}", application)
    # A line break may stand in an address, and is no end of it.
    route.path_regex = re.compile(
        rf"^{re.escape(path)}/(?P<rest>.*)\Z", re.DOTALL
    )
    return route
