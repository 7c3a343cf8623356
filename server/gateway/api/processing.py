"""Operations about privacy fields, and the register of processing."""

from __future__ import annotations

from collections.abc import Iterator

from server.clock import Clock
from server.domain.channel import Transcript
from server.domain.permission import Scope
from server.domain.privacy_fields import PrivacyFields
from server.gateway.api.operation import Call, Operation
from server.protocol.privacy_asked import NewPrivacyFields
from server.protocol.privacy_told import (
    CategoryTold,
    FieldsTold,
    KeepingTold,
    RecipientTold,
    RegisterTold,
)
from server.services.fields import Fields
from server.services.processing import (
    MEASURES,
    Category,
    Processing,
    ProcessingRegister,
)

_TAG = "holdings"
_PRIVACY = "/accounts/{account}/privacy"

#: Whose data they are.
_PEOPLE = (
    "customers, and whoever else writes",
    "agents and others of the account's own",
)


def operations(
    fields: Fields, processing: ProcessingRegister, clock: Clock
) -> list[Operation]:
    """Read and say privacy fields; read the register."""
    desk = _Desk(fields, processing, clock)
    return [
        Operation(
            method="GET",
            path=f"{_PRIVACY}/fields",
            name="list_privacy_fields",
            summary="What the account says of each record type, by its name.",
            tag=_TAG,
            scope=Scope.HOLDINGS_READ,
            do=desk.said,
            gives=dict[str, FieldsTold],
        ),
        Operation(
            method="PUT",
            path=f"{_PRIVACY}/fields/{{id}}",
            name="put_privacy_fields",
            summary="Say why a record type is held, and who answers for it.",
            tag=_TAG,
            scope=Scope.PRIVACY_FIELDS,
            do=desk.say,
            takes=NewPrivacyFields,
            gives=FieldsTold,
            problems=(409,),
        ),
        Operation(
            method="GET",
            path=f"{_PRIVACY}/register",
            name="get_privacy_register",
            summary="The register of processing (GDPR 30), as it is now.",
            tag=_TAG,
            scope=Scope.HOLDINGS_READ,
            do=desk.register,
            gives=RegisterTold,
        ),
    ]


class _Desk:
    """Answers the calls."""

    def __init__(
        self, fields: Fields, processing: ProcessingRegister, clock: Clock
    ) -> None:
        self._fields = fields
        self._processing = processing
        self._clock = clock

    def _made(self, call: Call) -> Processing:
        return self._processing.of(call.account, at=self._clock.now())

    async def register(self, call: Call) -> object:
        return _register(self._made(call))

    async def said(self, call: Call) -> object:
        return {
            one.kind.name: fields_told(one.fields)
            for one in self._made(call).categories
        }

    async def say(self, call: Call) -> object:
        asked: NewPrivacyFields = call.body
        return fields_told(
            await self._fields.say(
                call.principal, call.account, asked.of(call.params["id"])
            )
        )


def fields_told(said: PrivacyFields) -> FieldsTold:
    """``said`` as it is given."""
    return FieldsTold(
        classification=said.classification.value,
        legal_basis=said.legal_basis and said.legal_basis.value,
        owner=said.owner,
        note=said.note,
        proposed=said.is_proposed,
    )


def _register(made: Processing) -> RegisterTold:
    return RegisterTold(
        account=made.account,
        name=made.name,
        at=made.at,
        purposes=made.purposes,
        people=_PEOPLE,
        categories=tuple(map(_category, made.categories)),
        recipients=tuple(_recipients(made)),
        keeping=tuple(
            KeepingTold(
                channel=one.id,
                name=one.name,
                retention_days=one.retention / 86_400.0,
                inactivity_minutes=one.inactivity / 60.0,
                max_age_hours=one.max_age / 3600.0,
                transcript=one.transcript.value,
            )
            for one in made.channels
        ),
        measures=MEASURES,
    )


def _category(one: Category) -> CategoryTold:
    kind = one.kind
    return CategoryTold(
        name=kind.name,
        what=kind.what,
        group=kind.group.value,
        sensitivity=kind.sensitivity.value,
        home=kind.home.value,
        encrypted=kind.encrypted,
        dies=kind.dies,
        fields=fields_told(one.fields),
    )


def _recipients(made: Processing) -> Iterator[RecipientTold]:
    every = tuple(str(one.id) for one in made.channels)
    for program in made.applications:
        served = tuple(sorted(map(str, program.channels))) or every
        yield RecipientTold(
            kind="application", name=program.name, channels=served
        )
    for channel in made.channels:
        if channel.transcript is Transcript.EMAIL and channel.transcript_to:
            yield RecipientTold(
                kind="mail",
                name=channel.transcript_to,
                channels=(str(channel.id),),
            )
