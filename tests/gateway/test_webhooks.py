"""Events to webhooks: what is sent, and what the answer is taken for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from server.domain.application import Application
from server.domain.outgoing import Answer, EgressFault, EgressRefused
from server.errors import Refused, ServerError, Unavailable
from server.gateway.webhooks import Webhook, frame_in, retry_after
from server.ids import AccountId, ApplicationId, ConversationId
from server.protocol import client_frames as frames
from server.services.handing import Fate, Line, Outcome
from server.services.signing import Signing
from server.vault.webhook_secret import WebhookSecret
from server.vault.webhook_signature import verify
from tests.fakes import FakeClock

SECRETS = (
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX",
)
CONVERSATION = ConversationId("W7hRj0xQ3mGpZkT1vYb2Lw")
BOT = Application(
    id=ApplicationId("bot"),
    account=AccountId("acme"),
    name="Bot",
    webhook="https://bot.example/",
    secrets=SECRETS,
)
EVENT = {
    "id": f"msg_{CONVERSATION}_1",
    "type": "message",
    "channel": "shop",
    "conversation": CONVERSATION,
}


class Poster:
    """A way out that leads nowhere.

    Attributes:
        answer: What it answers, or raises.
        sent: What was posted.
    """

    def __init__(self, answer: Answer | ServerError) -> None:
        self.answer = answer
        self.sent: list[tuple[str, bytes, Mapping[str, str]]] = []

    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        self.sent.append((url, body, headers))
        if isinstance(self.answer, ServerError):
            raise self.answer
        return self.answer


async def handed(
    answer: Answer | ServerError, application: Application = BOT
) -> tuple[Outcome, Poster]:
    """What becomes of the event, and what was posted."""
    poster = Poster(answer)
    clock = FakeClock()
    webhook = Webhook(application, poster, Signing([application]), clock=clock)
    outcome = await webhook.hand(Line(application, CONVERSATION), dict(EVENT))
    return outcome, poster


async def test_what_is_posted_is_signed_by_every_secret() -> None:
    """To the byte; each secret alone is enough for the receiver."""
    _, poster = await handed(Answer(status=200))
    ((url, body, headers),) = poster.sent

    assert url == "https://bot.example/"
    assert json.loads(body) == EVENT
    for secret in SECRETS:
        assert verify(
            [WebhookSecret.parse(secret)],
            body,
            message_id=headers["webhook-id"],
            timestamp=headers["webhook-timestamp"],
            signatures=headers["webhook-signature"],
            now=FakeClock().now(),
        )
    assert headers["webhook-id"] == EVENT["id"]
    assert "authorization" not in headers


async def test_a_token_goes_along_where_it_is_wanted() -> None:
    """Three parts; the same one while it is fresh."""
    _, poster = await handed(Answer(status=200), replace(BOT, signs_jwt=True))
    ((_, _, headers),) = poster.sent

    assert headers["authorization"].startswith("Bearer ")
    assert headers["authorization"].count(".") == 2


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (200, Fate.TAKEN),
        (204, Fate.TAKEN),
        (302, Fate.FAILED),
        (401, Fate.FAILED),
        (410, Fate.GONE),
        (429, Fate.FAILED),
        (500, Fate.FAILED),
    ],
)
async def test_only_2xx_takes_an_event(status: int, fate: Fate) -> None:
    """And only 410 ends it for good."""
    outcome, _ = await handed(Answer(status=status))

    assert outcome.fate is fate


@pytest.mark.parametrize(
    "error", [Unavailable(), EgressRefused(EgressFault.ADDRESS)]
)
async def test_no_answer_is_a_failure(error: ServerError) -> None:
    """As is an address that may not be called."""
    outcome, _ = await handed(error)

    assert outcome == Outcome(Fate.FAILED)


async def test_a_pause_is_asked_for_in_seconds_or_as_a_date() -> None:
    """Anything else asks for none."""
    busy = Answer(status=503, headers={"retry-after": "7"})
    outcome, _ = await handed(busy)

    assert outcome.retry_after == 7.0
    at = "Fri, 15 Jan 2027 08:01:00 GMT"
    assert retry_after(at, 1_800_000_000.0) == 60.0
    assert retry_after(at, 1_900_000_000.0) == 0.0
    for value in (None, "", "soon", "-1", "1.5", "٣"):
        assert retry_after(value, 0.0) is None


async def test_answers_stand_in_the_body() -> None:
    """Those that are well-formed, with ids that a repeat has as well."""
    body = {
        "answers": [
            {"text": "One"},
            {"type": "answer", "id": "my-own-id", "text": "Two"},
            {"type": "answer", "wrong": 1},
            "three",
            {"type": "hello"},
            {"type": "hand_over"},
        ]
    }
    outcome, _ = await handed(
        Answer(status=200, body=json.dumps(body).encode())
    )

    one, two, last = outcome.answers
    assert isinstance(one, frames.Answer)
    assert isinstance(two, frames.Answer)
    assert (one.id, one.text) == (f"{EVENT['id']}_0", "One")
    assert two.id == "my-own-id"
    assert isinstance(last, frames.HandOver)


@pytest.mark.parametrize(
    "body", [b"", b"ok", b"[]", b'{"answers": 1}', b"\xff", b'{"a":' * 999]
)
async def test_a_body_that_is_no_answer_is_nothing(body: bytes) -> None:
    """The event is taken all the same."""
    outcome, _ = await handed(Answer(status=200, body=body))

    assert outcome == Outcome(Fate.TAKEN)


async def test_what_was_cut_off_is_not_looked_at() -> None:
    """Half of it could say something else than the whole."""
    body = b'{"answers": [{"text": "Hi"}]}'
    outcome, _ = await handed(Answer(status=200, body=body, whole=False))

    assert outcome.answers == ()


def test_an_answer_speaks_in_its_own_conversation_only() -> None:
    """Whatever conversation it names."""
    fields = {"id": "answer-01", "text": "x", "conversation": "y" * 22}
    frame = frame_in(fields, conversation=CONVERSATION, id_=None)

    assert isinstance(frame, frames.Answer)
    assert frame.conversation == CONVERSATION
    with pytest.raises(Refused):
        frame_in({"text": "no id"}, conversation=CONVERSATION, id_=None)
