"""The five operations that everything an account is made of has in common.

List, make, read, replace, remove; ``channels``, ``desk`` and others say of
which kinds. What is given back is the form without its secrets, and when it
was changed; ``ETag`` is its revision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from server.domain.permission import Principal, Scope
from server.domain.resource import ResourceKind
from server.errors import Invalid, InvalidCode
from server.gateway.api.operation import Answer, Call, Do, Operation
from server.gateway.api.paging import after_of, limit_of, page
from server.ids import AccountId
from server.protocol.form_codec import Shown, shown, shown_type
from server.protocol.forms import Form


class Stored(Protocol):
    """Something kept, as ``services`` gives it."""

    @property
    def id(self) -> str:
        """What it is called."""
        ...

    @property
    def form(self) -> Any:
        """What it is made of; a ``Form``, and its secrets stay here."""
        ...

    @property
    def revision(self) -> int:
        """1, 2, 3, ..."""
        ...

    @property
    def declared(self) -> bool:
        """Whether the settings file rules it."""
        ...

    @property
    def created_at(self) -> float:
        """Unix seconds."""
        ...

    @property
    def changed_at(self) -> float:
        """Unix seconds."""
        ...


class Administering(Protocol):
    """What the operations need of the service that keeps them.

    Each raises the errors that its name suggests: ``NotFound``, ``Conflict``,
    ``Invalid``, and ``Unavailable`` if the disk does not take it.
    """

    async def create(
        self,
        principal: Principal,
        kind: ResourceKind,
        *,
        account: AccountId,
        form: Form,
    ) -> Stored:
        """Keep something new."""
        ...

    async def replace(
        self,
        principal: Principal,
        kind: ResourceKind,
        *,
        account: AccountId,
        form: Form,
        if_revision: int | None = None,
    ) -> Stored:
        """Keep it instead of the one of its id."""
        ...

    async def remove(
        self,
        principal: Principal,
        kind: ResourceKind,
        *,
        account: AccountId,
        id: str,  # noqa: A002 - what it is
        if_revision: int | None = None,
    ) -> None:
        """Keep it no more."""
        ...

    def get(self, kind: ResourceKind, account: AccountId, id: str) -> Stored:  # noqa: A002
        """The one of that id."""
        ...

    def page(
        self,
        kind: ResourceKind,
        account: AccountId,
        *,
        after: str,
        limit: int,
    ) -> Sequence[Stored]:
        """Those whose ids come after ``after``, in order."""
        ...

    def accounts(self, *, after: str, limit: int) -> Sequence[Stored]:
        """All accounts whose ids come after ``after``, in order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What differs from kind to kind.

    Attributes:
        kind: As it is kept.
        path: Its addresses, below the account's.
        word: One of them, as operations are named.
        form: What it is made of.
        read: The scope to see it.
        write: The scope to change it.
        tag: The heading it stands under.
    """

    kind: ResourceKind
    path: str
    word: str
    form: type[Form]
    read: Scope
    write: Scope
    tag: str

    @property
    def plural(self) -> str:
        """Several of them, in a sentence."""
        return self.path.replace("-", " ")

    @property
    def a_word(self) -> str:
        """One of them, in a sentence."""
        if self.word.endswith("s"):
            return self.word
        return f"{'an' if self.word[0] in 'aeiou' else 'a'} {self.word}"

    @property
    def all(self) -> str:
        """The address of all of them."""
        return f"/accounts/{{account}}/{self.path}"

    @property
    def one(self) -> str:
        """The address of one."""
        return f"{self.all}/{{id}}"


def five(kind: Kind, service: Administering) -> list[Operation]:
    """All operations of ``kind``."""
    return [*telling(kind, service), *changing(kind, service)]


def telling(kind: Kind, service: Administering) -> list[Operation]:
    """Those that only tell."""

    async def listed(call: Call) -> object:
        found = service.page(
            kind.kind,
            call.account,
            after=after_of(call),
            limit=limit_of(call) + 1,
        )
        return page(found, call, shown=told, place=lambda one: one.id)

    async def read(call: Call) -> object:
        return answer(service.get(kind.kind, call.account, call.params["id"]))

    return [
        _operation(
            kind,
            "list",
            f"The {kind.plural} of the account.",
            listed,
            paged=True,
        ),
        _operation(kind, "get", f"Read {kind.a_word}.", read),
    ]


def changing(kind: Kind, service: Administering) -> list[Operation]:
    """Those that make, replace and remove."""

    async def make(call: Call) -> object:
        made = await service.create(
            call.principal, kind.kind, account=call.account, form=call.body
        )
        return answer(made, made_at=f"/accounts/{call.account}/{kind.path}")

    async def replace(call: Call) -> object:
        if call.body.id != call.params["id"]:
            raise Invalid(
                "$.id", InvalidCode.NOT_ALLOWED, "the id of the address"
            )
        return answer(
            await service.replace(
                call.principal,
                kind.kind,
                account=call.account,
                form=call.body,
                if_revision=call.revision,
            )
        )

    return [
        _operation(kind, "create", f"Make {kind.a_word}.", make),
        _operation(kind, "replace", f"Replace {kind.a_word}.", replace),
        removing(kind, service),
    ]


def removing(kind: Kind, service: Administering) -> Operation:
    """The one that removes."""

    async def remove(call: Call) -> object:
        await service.remove(
            call.principal,
            kind.kind,
            account=call.account,
            id=call.params["id"],
            if_revision=call.revision,
        )
        return None

    return _operation(kind, "remove", f"Remove {kind.a_word}.", remove)


#: Method, status, problems of its own, and whether it is about one.
_VERBS: dict[str, tuple[str, int, tuple[int, ...]]] = {
    "list": ("GET", 200, ()),
    "get": ("GET", 200, ()),
    "create": ("POST", 201, (409,)),
    "replace": ("PUT", 200, (409, 412)),
    "remove": ("DELETE", 204, (409, 412)),
}


def _operation(
    kind: Kind, verb: str, summary: str, do: Do, *, paged: bool = False
) -> Operation:
    method, status, problems = _VERBS[verb]
    takes = verb in {"create", "replace"}
    name = f"{verb}_{kind.path if verb == 'list' else kind.word}"
    return Operation(
        method=method,
        path=kind.all if verb in {"list", "create"} else kind.one,
        name=name.replace("-", "_").replace(" ", "_"),
        summary=summary,
        tag=kind.tag,
        scope=kind.read if method == "GET" else kind.write,
        do=do,
        takes=kind.form if takes else None,
        gives=None if verb == "remove" else shown_type(kind.form),
        status=status,
        problems=problems,
        is_paged=paged,
        is_guarded=verb in {"replace", "remove"},
    )


def told(stored: Stored) -> Shown:
    """``stored`` as it is given."""
    return shown(
        stored.form,
        revision=stored.revision,
        declared=stored.declared,
        created_at=stored.created_at,
        changed_at=stored.changed_at,
    )


def answer(stored: Stored, *, made_at: str | None = None) -> Answer:
    """``stored`` alone, as what was asked for.

    Args:
        stored: What.
        made_at: The address of all of its kind, if it is new.
    """
    location = (
        None if made_at is None else f"{made_at}/{quote(stored.id, safe='')}"
    )
    return Answer(
        body=told(stored), revision=stored.revision, location=location
    )
