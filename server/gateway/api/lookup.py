"""The operation that finds people by what they are called elsewhere.

What somebody is found by says who they are, so it stands in a body: addresses
end up in the logs of proxies and the histories of browsers.
"""

from __future__ import annotations

from server.domain.permission import Scope
from server.domain.platform_keys import Address, normalised
from server.errors import Invalid, InvalidCode
from server.gateway.api.customer_answers import customer_told
from server.gateway.api.operation import Call, Operation
from server.ids import ChannelId
from server.protocol.customer_asked import Lookup
from server.protocol.customer_told import CustomersFound
from server.services.customers import Customers


def operations(customers: Customers) -> list[Operation]:
    """One: it changes nothing."""

    async def look_up(call: Call) -> object:
        kind, text, channel = _wanted(call.body)
        found = await customers.find(
            call.account,
            kind,
            normalised(kind, text, path=f"$.{_FIELDS[kind]}"),
            channel=channel,
        )
        return CustomersFound(customers=tuple(map(customer_told, found)))

    return [
        Operation(
            method="POST",
            path="/accounts/{account}/customers/lookup",
            name="look_up_customers",
            summary="Whoever has this key of a channel, mailbox or number.",
            tag="customers",
            scope=Scope.CUSTOMERS_READ,
            do=look_up,
            takes=Lookup,
            is_question=True,
            gives=CustomersFound,
        )
    ]


_FIELDS = {
    Address.PLATFORM: "platform_key",
    Address.EMAIL: "email",
    Address.PHONE: "phone",
}


def _wanted(body: Lookup) -> tuple[Address, str, ChannelId | None]:
    given = [
        (kind, text)
        for kind, field in _FIELDS.items()
        if (text := getattr(body, field)) is not None
    ]
    has_channel = body.channel is not None
    if len(given) != 1 or has_channel is not (given[0][0] is Address.PLATFORM):
        raise Invalid(
            "$",
            InvalidCode.MISSING,
            "one of email, phone, or channel with platform_key",
        )
    [(kind, text)] = given
    return kind, text, ChannelId(body.channel) if body.channel else None
