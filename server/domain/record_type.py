"""A record type: one kind of thing the server handles."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """Whether it lives with a conversation or with an account."""

    EPHEMERAL = "ephemeral"
    OPERATIONAL = "operational"


class Sensitivity(StrEnum):
    """Whether it may tell something about a person, or open something."""

    STANDARD = "standard"
    SENSITIVE = "sensitive"


class Home(StrEnum):
    """Where it lives."""

    MEMORY = "memory only"
    DATABASE = "database"
    KEY_FILE = "key file"
    BLOBS = "blobs"
    SETTINGS = "settings file"
    LOG = "log stream"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordType:
    """One kind of thing the server handles.

    Attributes:
        name: As people say it; unique.
        what: What it is made of.
        group: Whether it goes with a conversation.
        sensitivity: How it is to be treated.
        home: Where it lives.
        encrypted: Whether what lies on a disk is unreadable without a key.
        dies: When it is gone.
        held: Whether this version holds it; the others are planned, and
            stand here so that their rules are known before their code.
        columns: The ``table.column`` names that hold it; several types may
            share one.
        session_fields: The fields of ``live.sessions.Session`` that hold it.
    """

    name: str
    what: str
    group: Group
    sensitivity: Sensitivity
    home: Home
    encrypted: bool
    dies: str
    held: bool
    columns: tuple[str, ...] = ()
    session_fields: tuple[str, ...] = ()
