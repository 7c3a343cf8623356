"""Which conversations and messages are an application's business."""

from __future__ import annotations

from server.domain.application import Application, Wish
from server.domain.message import Author, Message
from server.ids import AccountId, ApplicationId, ChannelId, ConversationId

ACME = AccountId("acme")
SHOP = ChannelId("shop")


def application(*wishes: Wish, channels: tuple[str, ...] = ()) -> Application:
    """One with secrets."""
    return Application(
        id=ApplicationId("bot"),
        account=ACME,
        name="Bot",
        channels=frozenset(map(ChannelId, channels)),
        webhook="https://bot.example/?key=canary-url",
        secrets=("canary-secret",),
        wants=frozenset(wishes),
        key_hash=b"canary-hash",
    )


def message(author: Author, name: str | None = None) -> Message:
    """Something somebody said."""
    return Message(
        conversation=ConversationId("c"),
        number=1,
        author=author,
        name=name,
        client_id="client-01",
        said_at=0.0,
        text="x",
    )


def test_it_serves_its_own_accounts_channels() -> None:
    """All of them, or those it names; never another account's."""
    assert application().serves(ACME, SHOP)
    assert application(channels=("shop",)).serves(ACME, SHOP)
    assert not application(channels=("other",)).serves(ACME, SHOP)
    assert not application().serves(AccountId("other"), SHOP)


def test_it_is_told_what_it_wants_and_never_its_own_words() -> None:
    """Customers always; agents and other applications only if wanted."""
    wishing = application(Wish.AGENT_MESSAGES)
    customer, agent = message(Author.CUSTOMER), message(Author.AGENT, "Maria")
    own = message(Author.APPLICATION, "Bot")
    other = message(Author.APPLICATION, "Sorter")

    assert application().wants_message(customer)
    assert not application().wants_message(agent)
    assert wishing.wants_message(agent)
    assert wishing.wants_message(other)
    assert not wishing.wants_message(own)


def test_it_does_not_show_its_secrets() -> None:
    """Neither the URL, which may hold one."""
    assert "canary" not in repr(application())
