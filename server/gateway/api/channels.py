"""Operations about channels and about what the account is known by."""

from __future__ import annotations

from server.domain.permission import Scope
from server.domain.resource import ResourceKind
from server.gateway.api.operation import Operation
from server.gateway.api.resources import Administering, Kind, five
from server.protocol.forms import ChannelForm, CredentialForm, IdentityForm

TAG = "channels"

KINDS = (
    Kind(
        kind=ResourceKind.CHANNEL,
        path="channels",
        word="channel",
        form=ChannelForm,
        read=Scope.CHANNELS_READ,
        write=Scope.CHANNELS_WRITE,
        tag=TAG,
    ),
    Kind(
        kind=ResourceKind.IDENTITY,
        path="identities",
        word="identity",
        form=IdentityForm,
        read=Scope.CHANNELS_READ,
        write=Scope.CHANNELS_WRITE,
        tag=TAG,
    ),
    # What is secret is for those who may change it: others need not even
    # know what there is.
    Kind(
        kind=ResourceKind.CREDENTIAL,
        path="credentials",
        word="credential",
        form=CredentialForm,
        read=Scope.CHANNELS_WRITE,
        write=Scope.CHANNELS_WRITE,
        tag=TAG,
    ),
)


def operations(service: Administering) -> list[Operation]:
    """All of them."""
    return [one for kind in KINDS for one in five(kind, service)]
