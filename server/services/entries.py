"""One thing that an account is made of, as it is held in memory and kept."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.resource import ResourceKind
from server.errors import Corrupt
from server.ids import AccountId
from server.protocol.forms import Form
from server.protocol.stored_forms import body_of, form_of, id_of, secrets_of
from server.services.account_keys import AccountKeys
from server.store.resources import ResourceRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A form, and what is known about it.

    Attributes:
        kind: What it is.
        account: Whose.
        form: With its secrets; its ``repr`` shows none.
        revision: 1, 2, 3, ...
        declared: Whether the settings file rules it.
        created_at: Unix seconds.
        changed_at: Unix seconds.
    """

    kind: ResourceKind
    account: AccountId
    form: Form
    revision: int = 1
    declared: bool = False
    created_at: float = 0.0
    changed_at: float = 0.0

    @property
    def id(self) -> str:
        """What it is called within its account and kind."""
        return id_of(self.form)


def row_of(entry: Entry, keys: AccountKeys) -> ResourceRow:
    """``entry`` as it is kept.

    Raises:
        ServerError: There is no key to seal its secrets with.
    """
    secrets = secrets_of(entry.form)
    return ResourceRow(
        kind=entry.kind.value,
        account=entry.account,
        id=entry.id,
        revision=entry.revision,
        declared=entry.declared,
        body=body_of(entry.form),
        sealed=(
            None
            if secrets is None
            else keys.seal(
                entry.account,
                secrets,
                table="resource",
                column="sealed",
                row=f"{entry.kind.value}/{entry.id}",
            )
        ),
        created_at=entry.created_at,
        changed_at=entry.changed_at,
    )


def entry_of(row: ResourceRow, keys: AccountKeys) -> Entry:
    """The entry that ``row`` was made of.

    Raises:
        Corrupt: It is not what was written.
        ServerError: There is no key to open its secrets with.
    """
    secrets = None
    if row.sealed is not None:
        secrets = keys.open(
            row.account,
            row.sealed,
            table="resource",
            column="sealed",
            row=f"{row.kind}/{row.id}",
        )
    try:
        kind = ResourceKind(row.kind)
    except ValueError:
        raise Corrupt("a kind that this server does not know") from None
    return Entry(
        kind=kind,
        account=row.account,
        form=form_of(kind, row.body, secrets),
        revision=row.revision,
        declared=row.declared,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )
