"""Operations about customers: who they are, and what they want of us."""

from __future__ import annotations

from server.domain.consent import Level
from server.domain.customer import Identity
from server.domain.customer_event import Reason
from server.domain.permission import Scope
from server.domain.restriction import Restriction
from server.errors import NotFound
from server.gateway.api.customer_answers import (
    consent_told,
    customer_told,
    event_told,
)
from server.gateway.api.operation import Answer, Call, Operation
from server.gateway.api.paging import after_of, limit_of, page
from server.ids import ChannelId
from server.protocol.customer_asked import (
    CustomerChange,
    Lifting,
    NewConsent,
    NewCustomer,
    NewMessage,
    NewRestriction,
)
from server.protocol.customer_told import (
    ConsentsTold,
    ConsentTold,
    CustomerTold,
    HistoryTold,
    MessageTold,
    RestrictionsTold,
)
from server.services.customers import Customer, Customers
from server.services.outreach import Outreach
from server.services.restricting import Restricting

TAG = "customers"
_ALL = "/accounts/{account}/customers"
_ONE = f"{_ALL}/{{id}}"


def operations(
    customers: Customers, restricting: Restricting, outreach: Outreach
) -> list[Operation]:
    """All of them."""
    return [
        *_identities(_Identities(customers)),
        *_consents(_Consents(customers)),
        *_restrictions(_Restrictions(customers, restricting)),
        _messages(outreach),
    ]


def _identities(desk: _Identities) -> list[Operation]:
    read, write = Scope.CUSTOMERS_READ, Scope.CUSTOMERS_WRITE
    return [
        Operation(
            method="GET",
            path=_ALL,
            name="list_customers",
            summary="The account's customers, by channel.",
            tag=TAG,
            scope=read,
            do=desk.listed,
            gives=CustomerTold,
            is_paged=True,
        ),
        Operation(
            method="POST",
            path=_ALL,
            name="create_customer",
            summary="Make somebody known before they write.",
            tag=TAG,
            scope=write,
            do=desk.made,
            takes=NewCustomer,
            gives=CustomerTold,
            status=201,
            problems=(409,),
        ),
        Operation(
            method="GET",
            path=_ONE,
            name="get_customer",
            summary="One customer.",
            tag=TAG,
            scope=read,
            do=desk.read,
            gives=CustomerTold,
        ),
        _rectifying(desk),
    ]


def _rectifying(desk: _Identities) -> Operation:
    return Operation(
        method="PATCH",
        path=_ONE,
        name="rectify_customer",
        summary="Put right what is known of somebody.",
        tag=TAG,
        scope=Scope.CUSTOMERS_WRITE,
        do=desk.rectified,
        takes=CustomerChange,
        gives=CustomerTold,
        problems=(409,),
    )


class _Identities:
    """Answers calls about who people are."""

    def __init__(self, customers: Customers) -> None:
        self._customers = customers

    async def listed(self, call: Call) -> object:
        channel, _, id_ = after_of(call).partition(" ")
        found = await self._customers.page(
            call.account, (channel, id_), limit_of(call) + 1
        )
        return page(found, call, shown=customer_told, place=_place_of)

    async def made(self, call: Call) -> object:
        wish: NewCustomer = call.body
        made = await self._customers.create(
            call.account,
            ChannelId(wish.channel),
            Identity(
                platform_key=wish.platform_key,
                name=wish.name,
                picture_url=wish.picture_url,
                email=wish.email,
                phone=wish.phone,
                contacts=wish.contacts,
            ),
            by=call.principal,
        )
        path = _ALL.format(account=call.account)
        return Answer(body=customer_told(made), location=f"{path}/{made.id}")

    async def read(self, call: Call) -> object:
        return customer_told(
            await self._customers.get(call.account, call.params["id"])
        )

    async def rectified(self, call: Call) -> object:
        return customer_told(
            await self._customers.rectify(
                call.account,
                call.params["id"],
                call.body.changes(),
                note=call.body.note,
                by=call.principal,
            )
        )


def _place_of(one: Customer) -> str:
    return f"{one.channel} {one.id}"


def _consents(desk: _Consents) -> list[Operation]:
    return [
        Operation(
            method="GET",
            path=f"{_ONE}/consents",
            name="get_consents",
            summary="What somebody agreed to, as it holds now.",
            tag=TAG,
            scope=Scope.CONSENTS_READ,
            do=desk.now,
            gives=ConsentsTold,
        ),
        Operation(
            method="POST",
            path=f"{_ONE}/consents",
            name="record_consent",
            summary="Write down what somebody agreed to, or no more.",
            tag=TAG,
            scope=Scope.CONSENTS_WRITE,
            do=desk.recorded,
            takes=NewConsent,
            gives=ConsentTold,
            status=201,
            problems=(409,),
        ),
        Operation(
            method="GET",
            path=f"{_ONE}/history",
            name="get_customer_history",
            summary="All consents, restrictions and corrections, in order.",
            tag=TAG,
            scope=Scope.CONSENTS_READ,
            do=desk.history,
            gives=HistoryTold,
        ),
    ]


class _Consents:
    """Answers calls about what people agreed to."""

    def __init__(self, customers: Customers) -> None:
        self._customers = customers

    async def now(self, call: Call) -> object:
        known = await self._customers.consents(call.account, call.params["id"])
        return ConsentsTold(
            consents=tuple(consent_told(known[name]) for name in sorted(known))
        )

    async def recorded(self, call: Call) -> object:
        wish: NewConsent = call.body
        said = self._customers.said(
            wish.purpose,
            Level[wish.level.upper()],
            version=wish.version,
            by=call.principal,
        )
        return consent_told(
            await self._customers.agree(
                call.account, call.params["id"], said, by=call.principal
            )
        )

    async def history(self, call: Call) -> object:
        events = await self._customers.history(call.account, call.params["id"])
        return HistoryTold(events=tuple(map(event_told, events)))


def _restrictions(desk: _Restrictions) -> list[Operation]:
    path, scope = f"{_ONE}/restrictions", Scope.PRIVACY_RESTRICT
    return [
        Operation(
            method="GET",
            path=path,
            name="get_restrictions",
            summary="What may not be done with what somebody says.",
            tag=TAG,
            scope=scope,
            do=desk.now,
            gives=RestrictionsTold,
        ),
        Operation(
            method="PUT",
            path=f"{path}/{{restriction}}",
            name="restrict_customer",
            summary="Restrict it, at once.",
            tag=TAG,
            scope=scope,
            do=desk.restricted,
            takes=NewRestriction,
            gives=RestrictionsTold,
        ),
        Operation(
            method="POST",
            path=f"{path}/{{restriction}}/lift",
            name="lift_restriction",
            summary="Lift it, after the person was told.",
            tag=TAG,
            scope=scope,
            do=desk.lifted,
            takes=Lifting,
            gives=RestrictionsTold,
            problems=(409,),
        ),
    ]


class _Restrictions:
    """Answers calls about what may not be done with people's words."""

    def __init__(self, customers: Customers, restricting: Restricting) -> None:
        self._customers = customers
        self._restricting = restricting

    async def now(self, call: Call) -> object:
        found = await self._customers.get(call.account, call.params["id"])
        return _told(found.restrictions)

    async def restricted(self, call: Call) -> object:
        return _told(
            await self._restricting.restrict(
                call.account,
                call.params["id"],
                _restriction_in(call),
                reason=Reason(call.body.reason),
                by=call.principal,
            )
        )

    async def lifted(self, call: Call) -> object:
        return _told(
            await self._restricting.lift(
                call.account,
                call.params["id"],
                _restriction_in(call),
                notice_given_at=call.body.notice_given_at,
                by=call.principal,
            )
        )


def _restriction_in(call: Call) -> Restriction:
    try:
        return Restriction(call.params["restriction"])
    except ValueError:
        raise NotFound from None


def _told(restrictions: frozenset[Restriction]) -> RestrictionsTold:
    return RestrictionsTold(
        restrictions=tuple(sorted(one.value for one in restrictions))
    )


def _messages(outreach: Outreach) -> Operation:
    async def say(call: Call) -> object:
        said = await outreach.say_to(
            call.account,
            call.params["id"],
            call.body.text,
            purpose=call.body.purpose,
            by=call.principal,
        )
        return MessageTold(
            conversation=said.conversation, number=said.number, at=said.said_at
        )

    return Operation(
        method="POST",
        path=f"{_ONE}/messages",
        name="message_customer",
        summary="Say something to somebody who is here, and agreed to it.",
        tag=TAG,
        scope=Scope.MESSAGES_WRITE,
        do=say,
        takes=NewMessage,
        gives=MessageTold,
        status=201,
        problems=(409,),
    )
