"""Events to webhooks: one POST each, signed; its answer may hold answers.

Success is 2xx and nothing else. 410 says that nobody wants them any more.
Every other status, and no answer at all, is tried again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Protocol

from server.clock import Clock
from server.domain.application import Application
from server.domain.outgoing import Answer, EgressRefused
from server.errors import Refused, Unavailable
from server.ids import ChannelId
from server.protocol.client_frames import CLIENT_FRAMES, ClientFrame
from server.protocol.codec import as_json, frame_of, map_in
from server.protocol.parts import Role
from server.services.applying import DEEDS
from server.services.events import Event
from server.services.handing import Fate, Line, Outcome
from server.services.signing import Signing

log = logging.getLogger(__name__)

#: Answers in one response; a bot says three things, not thirty.
MOST_ANSWERS = 16

_FAILED = Outcome(Fate.FAILED)
_KNOWN: Mapping[str, type[ClientFrame]] = {
    name: frame
    for name, frame in CLIENT_FRAMES[Role.APPLICATION].items()
    if frame in DEEDS
}


class Poster(Protocol):
    """The way out; see ``egress``."""

    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        """Send ``body`` to ``url`` and read what is answered.

        Raises:
            EgressRefused: The URL may not be called; nothing was sent.
            Unavailable: No answer, or not all of it in time.
        """
        ...


class Webhook:
    """The way to one application's webhook.

    Args:
        application: Whose; it has a webhook.
        poster: The way out.
        signing: Signs what goes out.
        clock: What is signed as the time.
    """

    def __init__(
        self,
        application: Application,
        poster: Poster,
        signing: Signing,
        *,
        clock: Clock,
    ) -> None:
        self._application = application
        self._poster = poster
        self._signing = signing
        self._clock = clock
        self._is_refused = False

    async def hand(self, line: Line, event: Event) -> Outcome:
        """Post ``event``; what became of it."""
        del line
        body = as_json(event)
        headers = self._signing.headers(
            self._application,
            body,
            event=event["id"],
            channel=ChannelId(event["channel"]),
            at=self._clock.now(),
        )
        try:
            answer = await self._poster.post(
                self._application.webhook or "", body, headers
            )
        except EgressRefused as refused:
            self._complain(refused)
            return _FAILED
        except Unavailable:
            return _FAILED
        self._is_refused = False
        if answer.status == HTTPStatus.GONE:
            return Outcome(Fate.GONE)
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return Outcome(
                Fate.FAILED,
                retry_after=retry_after(
                    answer.headers.get("retry-after"), self._clock.now()
                ),
            )
        return Outcome(Fate.TAKEN, self._answers(answer, event))

    def _complain(self, refused: EgressRefused) -> None:
        # Once, not once an event: it stays so until somebody mends it.
        if not self._is_refused:
            self._is_refused = True
            log.error(
                "a webhook may not be called",
                extra={
                    "application": self._application.id,
                    "fault": refused.fault.value,
                },
            )

    def _answers(self, answer: Answer, event: Event) -> tuple[ClientFrame, ...]:
        if not answer.body or not answer.whole:
            return ()
        try:
            said = map_in(answer.body).get("answers")
        except Refused:
            return ()  # "ok", or a page: it has taken the event all the same
        if not isinstance(said, list):
            return ()
        frames = []
        for number, fields in enumerate(said[:MOST_ANSWERS]):
            try:
                frames.append(
                    frame_in(
                        fields,
                        conversation=event["conversation"],
                        id_=f"{event['id']}_{number}",
                    )
                )
            except Refused as refusal:
                log.warning(
                    "an answer was malformed",
                    extra={
                        "application": self._application.id,
                        "number": number,
                        "path": refusal.path,
                    },
                )
        return tuple(frames)


def frame_in(fields: Any, *, conversation: str, id_: str | None) -> ClientFrame:
    """One answer of an application, as if it had come by its socket.

    Args:
        fields: What it sent; ``type`` may be left out of a message.
        conversation: Where it is said; the answer cannot name another.
        id_: Names a message that names itself not; the same for a repeat, so
            that a repeated event is not answered twice.

    Raises:
        Refused: It is no answer, or not well-formed.
    """
    if not isinstance(fields, dict):
        fields = {"type": ""}
    whole = {"type": "answer", **fields, "conversation": conversation}
    if whole["type"] == "answer" and id_ is not None:
        whole.setdefault("id", id_)
    return frame_of(whole, _KNOWN)


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds that a ``Retry-After`` asks for, of either kind."""
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        at = parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError):
        return None
    return max(0.0, at - now)
