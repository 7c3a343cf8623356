"""The real server with sessions of which all three kinds of data are known.

``python -m benchmarks.purge_server SETTINGS SESSIONS WITHIN DATA``. What lies
in the data folder is brought to memory before the port opens, through the use
cases themselves: what connections, pages and back-ends tell is told here
without sockets, which at this number would be most of the work. Deadlines are
spread evenly over ``WITHIN`` seconds, which begin ``LEAD`` seconds later.

``plan.json`` beside the data says when; ``purged.json`` how late each was.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import signal
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.stored import INACTIVITY
from server import logs
from server.app import Server
from server.config import load
from server.data_folder import DataFolder
from server.domain.context import Arrival
from server.domain.conversation import Phase
from server.ids import ConversationId
from server.live.sessions import Session, Sessions
from server.process import harden
from server.protocol.client_frames import TellContext
from server.protocol.parts import Hints, Page
from server.services.confiding import Confiding, Grant
from server.services.house import House
from server.services.remembering import session_from
from server.services.surroundings import arrived, told
from server.store.rows import ConversationRow

#: Seconds in which the load is measured without the purge.
LEAD = 20.0
ARRIVAL = Arrival(address="192.0.2.7", user_agent="")


class Watched(Sessions):
    """Notes when each session goes.

    Attributes:
        due: Unix seconds at which each is due.
        late: Seconds by which each went later.
        kept: Sessions that went and still knew something.
    """

    def __init__(self, house: House) -> None:
        super().__init__()
        self._house = house
        self.due: dict[ConversationId, float] = {}
        self.late: list[float] = []
        self.kept = 0

    def remove(self, conversation: ConversationId) -> None:
        """Drop a session, and note when."""
        session = self.get(conversation)
        due = self.due.pop(conversation, None)
        if session is not None and due is not None:
            self.late.append(self._house.clock.now() - due)
            known = (session.context, session.cookies, session.private)
            self.kept += known != (None, None, None)
        super().remove(conversation)


class PurgeServer(Server):
    """A server that finds many sessions in its memory.

    Attributes:
        folder: Where plan and result are written.
        sessions: How many there are to be.
        within: Seconds over which they come due.
    """

    folder: Path
    sessions: int
    within: float

    def _start_parts(self) -> None:
        house = self._parts.house
        self.watched = house.sessions = Watched(house)
        rows = list(_rows(DataFolder(self.folder).database))[: self.sessions]
        found = [_session(house, self._parts.confiding, row) for row in rows]
        begins = house.clock.now() + LEAD
        for number, session in enumerate(found):
            due = begins + self.within * number / len(found)
            session.conversation = dataclasses.replace(
                session.conversation, last_at=due - INACTIVITY
            )
            session.is_warned = True
            self.watched.due[session.id] = due
            house.look_at(session.id, due)
        (self.folder.parent / "plan.json").write_text(
            json.dumps({"begins": begins, "sessions": len(found)})
        )
        super()._start_parts()

    def result(self) -> dict[str, object]:
        """What came of it."""
        watched = self.watched
        return {
            "late": watched.late,
            "left": len(watched.due),
            "kept": watched.kept,
        }


def _rows(database: Path) -> Iterator[ConversationRow]:
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    names = [field.name for field in dataclasses.fields(ConversationRow)]
    try:
        # The names are those of a type of our own.
        asked = f"SELECT {', '.join(names)} FROM conversation"  # noqa: S608
        for values in db.execute(asked):
            fields: dict[str, Any] = dict(zip(names, values, strict=True))
            row = ConversationRow(**fields)
            yield dataclasses.replace(row, phase=Phase(row.phase))
    finally:
        db.close()


def _session(
    house: House, confiding: Confiding, row: ConversationRow
) -> Session:
    session = session_from(house, row)
    house.sessions.add(session)
    channel = house.channels[row.channel]
    arrived(session, channel, ARRIVAL, senses=house.senses)
    told(
        session,
        channel,
        TellContext(
            page=Page(url=f"https://shop.example/{row.id}", title="A page"),
            language="nb",
            time_zone="Europe/Oslo",
            hints=Hints(browser="Firefox", version="140", platform="Linux"),
            tags={"reason": row.id, "plan": "gold"},
            cookies={"basket": row.id, "visitor": "returning"},
        ),
        hide=str,  # no rule is set
    )
    private = {"authenticated": True, "ContactID": row.id, "UserName": "Ada"}
    confiding.keep(Grant(session, 1.0), private, is_patch=False)
    return session


async def serve(settings: Path, sessions: int, within: float) -> None:
    """Serve until SIGTERM, then write what was seen."""
    config = load(settings)
    server = PurgeServer(config)
    server.folder = config.data
    server.sessions, server.within = sessions, within
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    async with server:
        await server.run_until(stop)
        # Before it stops: what stopping does is not what is measured.
        result = server.result()
    (config.data.parent / "purged.json").write_text(json.dumps(result))


def main() -> None:
    """Run it."""
    settings, sessions, within, _ = sys.argv[1:]
    logs.set_up("info")
    harden()
    uvloop.run(serve(Path(settings), int(sessions), float(within)))


if __name__ == "__main__":
    main()
