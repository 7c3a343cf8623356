"""What people want of us: ``privacy restrict``, ``lift`` and ``consent``."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime

from server.commands.asking import Asking
from server.commands.place import account_in, asking_in
from server.commands.printing import record, table
from server.errors import Misconfigured


def restrict(asked: Namespace) -> int:
    """Say what may not be done with somebody; it acts at once."""
    asking = asking_in(asked)
    path = _of_customer(asked, asking, "restrictions")
    found = None
    for one in asked.restrictions:
        found = asking.put(*path, one, body={"reason": asked.reason})
    record(found or {}, json_=asked.json)
    return 0


def lift(asked: Namespace) -> int:
    """Lift restrictions, after the person was told."""
    asking = asking_in(asked)
    path = _of_customer(asked, asking, "restrictions")
    told_at = _moment(asked.told_at)
    found = None
    for one in asked.restrictions:
        found = asking.post(
            *path, one, "lift", body={"notice_given_at": told_at}
        )
    record(found or {}, json_=asked.json)
    return 0


def consent(asked: Namespace) -> int:
    """What somebody agreed to; or write down that they do, or no more."""
    asking = asking_in(asked)
    path = _of_customer(asked, asking, "consents")
    if asked.purpose is not None:
        body = {"purpose": asked.purpose, "level": asked.level}
        if asked.version is not None:
            body["version"] = asked.version
        asking.post(*path, body=body)
    table(
        asking.get(*path)["consents"],
        ("purpose", "level", "source", "version", "at", "by"),
        json_=asked.json,
    )
    return 0


def _moment(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Misconfigured(
            "a moment is written 2026-01-31 or 2026-01-31T12:00+00:00"
        ) from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _of_customer(
    asked: Namespace, asking: Asking, what: str
) -> tuple[str, ...]:
    account = account_in(asked, asking)
    return ("accounts", account, "customers", asked.customer, what)
