"""Erasures as they are kept: rows from jobs and jobs from rows."""

from __future__ import annotations

import json
from typing import Protocol

from server.errors import Corrupt
from server.ids import AccountId
from server.services.erasure_job import Job, OpenJob, State, Subject
from server.store.erasures import ErasureRow

_TABLE = "erasure"
_COLUMN = "subject"


class Seals(Protocol):
    """What seals for an account; see ``account_keys``."""

    def seal(
        self,
        account: AccountId,
        plain: bytes,
        *,
        table: str,
        column: str,
        row: str,
    ) -> bytes:
        """``plain`` for that field of that row."""
        ...

    def open(
        self,
        account: AccountId,
        envelope: bytes,
        *,
        table: str,
        column: str,
        row: str,
    ) -> bytes:
        """Undo ``seal``."""
        ...


def row_of(seals: Seals, job: Job, subject: Subject | None) -> ErasureRow:
    """``job`` as it is kept; without a subject nobody learns whom it was.

    Raises:
        ServerError: The account's key cannot be read.
    """
    sealed = None
    if subject is not None:
        sealed = seals.seal(
            job.account,
            subject.pack(),
            table=_TABLE,
            column=_COLUMN,
            row=job.id,
        )
    return ErasureRow(
        id=job.id,
        account=job.account,
        state=job.state.value,
        asked_at=job.asked_at,
        done_at=job.done_at,
        subject=sealed,
        receipt=None if job.receipt is None else json.dumps(job.receipt),
    )


def job_in(row: ErasureRow) -> Job:
    """The job that ``row`` was written from.

    Raises:
        Corrupt: It was written by something else.
    """
    try:
        return Job(
            id=row.id,
            account=row.account,
            state=State(row.state),
            asked_at=row.asked_at,
            done_at=row.done_at,
            receipt=None if row.receipt is None else json.loads(row.receipt),
        )
    except ValueError:
        raise Corrupt("unreadable erasure") from None


def open_job_in(seals: Seals, row: ErasureRow) -> OpenJob:
    """The job that goes on with ``row``.

    Raises:
        Corrupt: It was written by something else.
        ServerError: The account's key cannot be read.
    """
    assert row.subject is not None  # noqa: S101 - it goes on
    plain = seals.open(
        row.account,
        row.subject,
        table=_TABLE,
        column=_COLUMN,
        row=row.id,
    )
    return OpenJob(job=job_in(row), subject=Subject.unpack(plain))
