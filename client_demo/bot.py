"""A small bot: greets, answers two questions, hands over to people.

It shows both ways in which an application can live with Dayfly:

    python -m client_demo.bot --socket ws://127.0.0.1:8420/socket/application
    python -m client_demo.bot --webhook 8421

The first connects and needs the API key in ``DAYFLY_BOT_KEY``; the second
listens for signed requests and needs the secret in ``DAYFLY_BOT_SECRET``.
Everything it knows of Dayfly stands in docs/application.md.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import os
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

Event = dict[str, Any]
#: One thing to say or to do; docs/application.md lists them.
Deed = dict[str, Any]

#: Seconds that a request may be old, and clocks may differ.
TOLERANCE = 300
#: Bytes of a request that are read.
MOST_BYTES = 1_000_000

QUESTIONS = {
    "hours": (
        "When are you open?",
        "Every day from 9 to 18 o'clock; on Sundays only this bot is here.",
    ),
    "delivery": (
        "How long is delivery?",
        "Two working days. You get a link to follow the parcel.",
    ),
    "context": ("What do you know about me?", ""),
    "person": ("I want to talk to a person", ""),
}


class Bot:
    """What the bot says to what happens.

    It keeps nothing: an event that comes again is answered again, under the
    same ids, and Dayfly takes the second answer for the first.
    """

    def answers(self, event: Event) -> list[Deed]:
        """What to say to ``event``, and what to do."""
        if event["type"] == "session.started":
            return [say(event, "Hello! I am a bot. How can I help?")]
        if event["type"] != "message":
            return []
        return self._reply(event, event["message"])

    def _reply(self, event: Event, message: Mapping[str, Any]) -> list[Deed]:
        chosen = message.get("postback") or guess(message["text"])
        if chosen == "person":
            note = f"The bot was asked: {message['text']}"
            return [
                say(event, "A colleague will be with you in a moment."),
                say(event, note, number=1, note=True),
                {"type": "hand_over"},
            ]
        if chosen == "context":
            return [say(event, known(event), number=0, ask=True)]
        text = QUESTIONS[chosen][1] if chosen in QUESTIONS else "Choose one:"
        return [say(event, text, ask=True)]


def say(
    event: Event,
    text: str,
    *,
    number: int = 0,
    note: bool = False,
    ask: bool = False,
) -> Deed:
    """A message, with an id that is the same if the event comes again."""
    deed: Deed = {
        "type": "answer",
        "id": f"{event['id']}-{number}",
        "text": text,
    }
    if note:
        deed["note"] = True
    if ask:
        items = [
            {"text": question, "payload": payload}
            for payload, (question, _) in QUESTIONS.items()
        ]
        deed["rich"] = {"kind": "quick_replies", "items": items}
    return deed


def guess(text: str) -> str:
    """What somebody may mean who did not choose but wrote."""
    words = text.lower()
    hints = {
        "person": ("person", "human", "agent"),
        "hours": ("open", "hours"),
        "delivery": ("delivery", "parcel", "shipping"),
        "context": ("know",),
    }
    for payload, heard in hints.items():
        if any(word in words for word in heard):
            return payload
    return ""


def known(event: Event) -> str:
    """The context that came with the message, one line each."""
    context = event.get("context") or {}
    lines = [f"{name}: {value}" for name, value in sorted(context.items())]
    return "\n".join(["This came with your message:", *(lines or ["nothing"])])


def is_genuine(
    secret: str, headers: Mapping[str, str], body: bytes, *, now: float
) -> bool:
    """Whether Dayfly has signed ``body``, less than five minutes ago."""
    sent = headers.get("webhook-timestamp", "")
    if not sent.isdigit() or abs(now - int(sent)) > TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers.get('webhook-id', '')}.{sent}.".encode() + body
    mac = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    signatures = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(f"v1,{mac}", one) for one in signatures)


async def serve_socket(bot: Bot, address: str, key: str) -> None:
    """Take events from the socket and answer by it; comes back by itself."""
    async for socket in connect(
        address, subprotocols=[Subprotocol("dayfly.v1.json")], compression=None
    ):
        with contextlib.suppress(ConnectionClosed):
            if not await _serve(bot, socket, key):
                return


async def _serve(bot: Bot, socket: ClientConnection, key: str) -> bool:
    """One connection to its end; returns whether to come back."""
    await socket.send(json.dumps({"type": "hello", "token": key}))
    async for text in socket:
        frame = json.loads(text)
        if frame["type"] == "refused":
            print(f"bot: refused: {frame['code']}", file=sys.stderr)
            if frame["code"] == "bad_credentials":
                return False
        if frame["type"] == "handed":
            about = {"conversation": frame["conversation"]}
            for deed in bot.answers(frame["event"]):
                await socket.send(json.dumps(deed | about))
            taken = {"type": "taken", "cursor": frame["cursor"]}
            await socket.send(json.dumps(taken | about))
    return True


def webhook_server(bot: Bot, port: int, secret: str) -> ThreadingHTTPServer:
    """A server on loopback that takes events and answers in its responses."""

    class Receiver(BaseHTTPRequestHandler):
        """One request."""

        def do_POST(self) -> None:
            """Check it, take it, answer it."""
            size = int(self.headers.get("content-length", 0))
            body = self.rfile.read(min(size, MOST_BYTES))
            headers = {name.lower(): one for name, one in self.headers.items()}
            if not is_genuine(secret, headers, body, now=time.time()):
                self._respond(401, {})
                return
            answers = bot.answers(json.loads(body))
            self._respond(200, {"answers": answers})

        def _respond(self, status: int, told: Mapping[str, Any]) -> None:
            data = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing: a path could hold a secret."""

    return ThreadingHTTPServer(("127.0.0.1", port), Receiver)


def main() -> int:
    """Run until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m client_demo.bot")
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--socket", metavar="URL", help="connect to this address")
    way.add_argument("--webhook", metavar="PORT", type=int, help="listen here")
    asked = parser.parse_args()
    name = "DAYFLY_BOT_KEY" if asked.socket else "DAYFLY_BOT_SECRET"
    secret = os.environ.get(name)
    if not secret:
        parser.error(f"set {name}")
    bot = Bot()
    try:
        if asked.socket:
            asyncio.run(serve_socket(bot, asked.socket, secret))
        else:
            webhook_server(bot, asked.webhook, secret).serve_forever()
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
