"""Rules are tried as they would hold, and nothing of it is kept."""

from __future__ import annotations

import pytest

from server.domain.message import Author
from server.domain.permission import Principal, PrincipalKind
from server.errors import Invalid
from server.ids import AccountId
from server.protocol.forms import AccountForm, Form, RuleForm
from server.protocol.stored_forms import KINDS
from server.services.directory import Directory
from server.services.dry_run import DryRun, Reach
from server.services.entries import Entry
from server.services.rule_trials import RuleTrials
from tests.domain.rules import CARD
from tests.services.worlds import World

ACME = AccountId("acme")
ADA = Principal(
    kind=PrincipalKind.PERSON, id="ada", account=ACME, scopes=frozenset()
)
CARDS = RuleForm(id="cards", rule="cards", replacement="[card]")
TEA = RuleForm(id="tea", pattern="(?i)green tea", replacement="[tea]")
BROKEN = RuleForm(id="broken", pattern="a(")


def trials(world: World, *forms: Form) -> RuleTrials:
    """Those of an account with these rules."""
    directory = Directory()
    kept = (AccountForm(id="acme", name="Acme"), *forms)
    directory.load(
        Entry(kind=KINDS[type(form)], account=ACME, form=form) for form in kept
    )
    return RuleTrials(directory, DryRun(world.house))


async def test_a_rule_is_tried_beside_those_that_hold() -> None:
    """What is not kept yet hides as well, and says where."""
    tried = trials(World(), CARDS).on_text(
        ACME, f"{CARD}, green tea", Author.CUSTOMER, rule=TEA
    )

    assert tried.text == "[card], [tea]"
    assert [(hit.rule, hit.count) for hit in tried.hits] == [
        ("cards", 1),
        ("tea", 1),
    ]
    assert tried.faults == ()


async def test_a_rule_is_tried_in_place_of_its_older_self() -> None:
    """The one of its id does not hold beside it."""
    tried = trials(World(), TEA).on_text(
        ACME,
        "green tea, black tea",
        Author.AGENT,
        rule=RuleForm(id="tea", pattern="black tea", replacement="-"),
    )

    assert tried.text == "green tea, -"


async def test_without_one_more_those_that_hold_are_tried() -> None:
    """Another account has none of them."""
    tried = trials(World(), CARDS)

    assert tried.on_text(ACME, CARD, Author.CUSTOMER).text == "[card]"
    other = tried.on_text(AccountId("other"), CARD, Author.CUSTOMER)
    assert other.text == CARD


@pytest.mark.parametrize(
    "rule", [BROKEN, RuleForm(id="none")], ids=lambda one: one.id
)
async def test_a_rule_that_cannot_work_says_so(rule: RuleForm) -> None:
    """On a text as a fault to be shown, in a dry run as a refusal."""
    world = World()
    tried = trials(world, CARDS)

    trial = tried.on_text(ACME, "green tea", Author.CUSTOMER, rule=rule)
    assert trial.text == "green tea"
    assert [fault.rule for fault in trial.faults] == [rule.id]

    with pytest.raises(Invalid) as refused:
        await tried.on_what_is_said(ADA, ACME, rule=rule)
    assert refused.value.path == "$.rule"


async def test_a_dry_run_counts_with_it() -> None:
    """The kept one and the new one, by name."""
    world = World()
    line, _, _ = await world.conversation()
    await line.say("client-1000", f"{CARD}, green tea")
    await line.say("client-1001", "green tea")

    report = await trials(world, CARDS).on_what_is_said(ADA, ACME, rule=TEA)

    assert report.messages == 3  # hello is one
    assert report.rules == (Reach("cards", 1, 1), Reach("tea", 2, 1))
