"""Tests of server/domain/audit.py."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.audit import (
    EMPTY,
    ActorKind,
    Anchor,
    AuditEvent,
    AuditRow,
    Happening,
    chain_of,
    fault_in,
    follow,
)

happenings = st.builds(
    Happening,
    event=st.sampled_from(AuditEvent),
    actor_kind=st.sampled_from(ActorKind),
    actor=st.text(max_size=5),
    subject=st.text(max_size=5),
    detail=st.text(max_size=5),
)


def written(what: list[Happening], after: Anchor = EMPTY) -> list[AuditRow]:
    """The rows for ``what``."""
    rows: list[AuditRow] = []
    previous = after.last_chain
    for number, happening in enumerate(what, after.last + 1):
        row = follow(
            happening,
            number=number,
            at_ms=1_000 * number,
            times=1,
            previous=previous,
        )
        rows.append(row)
        previous = row.chain
    return rows


def anchored(rows: list[AuditRow]) -> Anchor:
    """The anchor of a log in which ``rows`` are all there is."""
    return replace(EMPTY, last=rows[-1].number, last_chain=rows[-1].chain)


@st.composite
def logs(draw: st.DrawFn, least: int = 1) -> list[AuditRow]:
    """A whole log of some rows."""
    return written(draw(st.lists(happenings, min_size=least, max_size=8)))


@given(logs())
def test_a_whole_log_has_no_fault(rows: list[AuditRow]) -> None:
    """As it was written it is found to be."""
    assert fault_in(rows, anchored(rows)) is None


def test_an_empty_log_has_no_fault() -> None:
    """As before the first start."""
    assert fault_in([], EMPTY) is None
    assert EMPTY.canonical() != replace(EMPTY, last=1).canonical()


@given(rows=logs(), data=st.data())
def test_any_altered_row_is_found(
    rows: list[AuditRow], data: st.DataObject
) -> None:
    """Whichever field it is, and not before the row that was altered."""
    at = data.draw(st.integers(0, len(rows) - 1))
    names = [field.name for field in fields(AuditRow)]
    name = data.draw(st.sampled_from(names[1:]))
    row = rows[at]
    forged: dict[str, object] = {
        "at_ms": row.at_ms + 1,
        "times": row.times + 1,
        "chain": bytes(32),
    }
    changed = replace(row, **{name: forged.get(name, f"{name}x")})  # type: ignore[arg-type]

    fault = fault_in([*rows[:at], changed, *rows[at + 1 :]], anchored(rows))

    assert fault is not None
    assert fault.number == row.number


@given(rows=logs(), data=st.data())
def test_any_removed_row_is_found(
    rows: list[AuditRow], data: st.DataObject
) -> None:
    """At the beginning, in the middle, and at the end."""
    at = data.draw(st.integers(0, len(rows) - 1))

    fault = fault_in([*rows[:at], *rows[at + 1 :]], anchored(rows))

    assert fault is not None
    assert fault.number == rows[at].number


@given(rows=logs(), data=st.data())
def test_rows_made_anew_behind_a_gap_are_found(
    rows: list[AuditRow], data: st.DataObject
) -> None:
    """Whoever numbers and chains what is left cannot reach the anchor."""
    at = data.draw(st.integers(0, len(rows) - 1))
    before = rows[:at]
    start = anchored(before) if before else EMPTY
    left = [
        Happening(
            event=AuditEvent(row.event),
            actor_kind=ActorKind(row.actor_kind),
            actor=row.actor,
            subject=row.subject,
            detail=row.detail,
        )
        for row in rows[at + 1 :]
    ]

    assert fault_in([*before, *written(left, start)], anchored(rows))


@given(rows=logs(least=2), data=st.data())
def test_rows_that_changed_places_are_found(
    rows: list[AuditRow], data: st.DataObject
) -> None:
    """As they are, and with their numbers exchanged."""
    at = data.draw(st.integers(0, len(rows) - 2))
    one, two = rows[at], rows[at + 1]
    rest = rows[at + 2 :]
    swapped = [
        replace(two, number=one.number),
        replace(one, number=two.number),
    ]

    assert fault_in([*rows[:at], two, one, *rest], anchored(rows))
    assert fault_in([*rows[:at], *swapped, *rest], anchored(rows))


@given(logs())
def test_a_row_added_behind_the_end_is_found(rows: list[AuditRow]) -> None:
    """However well it follows."""
    more = written([Happening(event=AuditEvent.STARTED)], anchored(rows))

    fault = fault_in([*rows, *more], anchored(rows))

    assert fault is not None
    assert fault.number == len(rows) + 1


@given(rows=logs(), data=st.data())
def test_what_was_cut_off_in_order_leaves_a_whole_log(
    rows: list[AuditRow], data: st.DataObject
) -> None:
    """The anchor remembers what the first row that is kept follows."""
    cut = data.draw(st.integers(1, len(rows)))
    last = rows[cut - 1]
    anchor = replace(anchored(rows), first=last.number, first_chain=last.chain)

    assert fault_in(rows[cut:], anchor) is None


def test_an_anchor_of_another_end_is_found() -> None:
    """The same number of rows, the last of them another one."""
    rows = written([Happening(event=AuditEvent.STARTED)])
    anchor = replace(anchored(rows), last_chain=bytes(32))

    fault = fault_in(rows, anchor)

    assert fault is not None
    assert "not the one that was last" in fault.says


@pytest.mark.parametrize(
    ("one", "other"),
    [(("ab", "c"), ("a", "bc")), (("", "1:a"), ("1:a", ""))],
)
def test_no_two_rows_read_the_same(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    """What moves from one field into the next makes another chain."""
    chains = set()
    for actor, subject in (one, other):
        (row,) = written(
            [Happening(event=AuditEvent.TAKEN, actor=actor, subject=subject)]
        )
        chains.add(chain_of(row, bytes(32)))

    assert len(chains) == 2
