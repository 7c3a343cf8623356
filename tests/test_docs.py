"""What the documents say is what the code does: tables, links, settings."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from msgspec import inspect

import run
from server import config
from server.domain.conversation import MOVES
from server.domain.record_types import RECORD_TYPES
from server.errors import ACTS, RETRIED, RefusalCode
from server.gateway.api.table import every_operation
from server.protocol import forms
from server.protocol.client_frames import CLIENT_FRAMES
from server.protocol.farewell import Farewell
from server.protocol.parts import (
    ConsentItem,
    Hints,
    HoldingItem,
    Limits,
    Marks,
    MessageItem,
    NoticeText,
    Page,
    Role,
    Summary,
)
from server.protocol.rich import Attachment, Card, Choice, Rich
from server.protocol.server_frames import SERVER_FRAMES
from tools import data_model, diagram

ROOT = Path(__file__).parent.parent
PROTOCOL = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

#: The structs behind the capitalised names of section 8.
MAPS: dict[str, type[msgspec.Struct]] = {
    "Message": MessageItem,
    "Summary": Summary,
    "Marks": Marks,
    "Limits": Limits,
    "Page": Page,
    "Hints": Hints,
    "NoticeText": NoticeText,
    "HoldingItem": HoldingItem,
    "ConsentItem": ConsentItem,
}
#: The maps inside what goes with words.
PARTS: dict[str, type[msgspec.Struct]] = {"Choice": Choice, "Card": Card}

#: The structs behind the tables of settings.
SETTINGS: dict[str, type[msgspec.Struct]] = {
    "Top level": config.Config,
    "`[tls]`": config.TlsConfig,
    "`[smtp]`": config.SmtpConfig,
    "`[limits]`": config.LimitsConfig,
    "`[[account]]`": config.AccountConfig,
    "`[[account.channel]]`": config.ChannelForm,
    "`[[account.agent]]`": config.AgentForm,
    "`[[account.queue]]`": forms.QueueForm,
    "`[[account.canned_answer]]`": forms.CannedAnswerForm,
    "`[[account.business_hours]]`": forms.BusinessHoursForm,
    "`[[account.business_hours.openings]]`": forms.OpeningForm,
    "`[[account.key]]`": forms.ApiKeyForm,
    "`[[account.application]]`": config.ApplicationForm,
    "`[[account.redact]]`": config.RuleForm,
    "`[[account.channel.notices]]`": forms.NoticeForm,
    "`[account.channel.consent]`": forms.ConsentForm,
    "`[[account.channel.consent.keywords]]`": forms.KeywordsForm,
}

#: Tables of their own, and what may not stand in a file.
NOT_A_LINE = {
    "account", "agent", "application", "channel", "demo", "limits",
    "master_key", "previous_master_key", "redact", "smtp", "tls",
}  # fmt: skip
#: Tables below an account, whose names others have for settings.
TABLES_OF_ACCOUNTS = {"business_hours", "canned_answer", "key", "queue"}

#: A field as (name, may be left out, type as the document writes it).
Fields = set[tuple[str, bool, str]]

_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_CODE_BLOCK = re.compile(r"```.*?```", re.DOTALL)
_FIELD = re.compile(r"`(\w+)(\?)?` (list of \w+|map of \w+|\w+)")


def table(text: str, heading: str) -> list[list[str]]:
    """The cells of the first table whose first heading is ``heading``."""
    rows: list[list[str]] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if rows or (line.startswith("|") and cells[0] == heading):
            if not line.startswith("|"):
                break
            rows.append(cells)
    return rows[2:]


def section(number: str) -> str:
    """The part of the protocol under the heading ``number``."""
    heading = rf"^#+ {re.escape(number)}\.? .*$"
    after = re.split(heading, PROTOCOL, flags=re.MULTILINE)
    return after[1].split("\n#")[0]


def documented(cell: str) -> Fields:
    """The fields that a cell of section 8 names."""
    plain = re.sub(r"\([^)]*\)", "", cell)  # remarks name values
    fields = {
        (name, mark == "?", kind) for name, mark, kind in _FIELD.findall(plain)
    }
    if "and the fields of Message" in cell:
        fields |= coded(MessageItem)
    return fields


def coded(struct: type[msgspec.Struct]) -> Fields:
    """The fields that ``struct`` has."""
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    return {
        (field.encode_name, not field.required, word(field.type))
        for field in info.fields
    }


#: A field's plain types as the document writes them.
WORDS: dict[type[inspect.Type], str] = {
    inspect.BoolType: "bool",
    inspect.IntType: "int",
    inspect.StrType: "str",
}


def word(kind: inspect.Type) -> str:
    """A field's type as the document writes it."""
    match kind:
        case inspect.UnionType(types=types):
            known = [each for each in types if not _is_none(each)]
            is_rich = len(known) > 1
            return "Rich" if is_rich else word(known[0])
        case inspect.VarTupleType(item_type=item):
            return f"list of {word(item)}"
        case inspect.StructType(cls=cls):
            named = (MAPS | PARTS).items()
            return next(name for name, map_ in named if map_ is cls)
        case inspect.DictType(value_type=value):
            is_str = isinstance(value, inspect.StrType)
            return "map of str" if is_str else "map"
        case _:
            return WORDS[type(kind)]


def _is_none(kind: inspect.Type) -> bool:
    return isinstance(kind, inspect.NoneType)


def bare(cell: str) -> str:
    """A cell without the marks of code."""
    return cell.strip("`")


def test_client_frames_are_those_documented() -> None:
    """Section 8.1 names each frame a role may send, and its fields."""
    told = {
        (role, bare(frame)): documented(fields)
        for frame, roles, fields in table(section("8.1"), "frame")
        for role in (
            list(Role)
            if roles == "all"
            else [Role(one) for one in roles.split(", ")]
        )
    }
    known = {
        (role, tag): coded(frame)
        for role, frames in CLIENT_FRAMES.items()
        for tag, frame in frames.items()
    }

    assert told == known


def test_server_frames_are_those_documented() -> None:
    """Section 8.2 names each frame the server may send, and its fields."""
    told = {
        bare(frame): documented(fields)
        for frame, _, fields in table(section("8.2"), "frame")
    }
    known = {
        str(frame.__struct_config__.tag): coded(frame)
        for frame in SERVER_FRAMES
    }

    assert told == known


def test_maps_inside_frames_are_those_documented() -> None:
    """Section 8.3 names each map inside a frame, and its fields."""
    told = {
        name: documented(fields)
        for name, fields in table(section("8.3"), "map")
    }

    assert told == {name: coded(struct) for name, struct in MAPS.items()}


def test_what_goes_with_words_is_as_documented() -> None:
    """Section 8.4 names each kind of rich part, and its fields."""
    part = section("8.4")
    kinds = {
        bare(kind): documented(fields) for kind, fields in table(part, "kind")
    }
    maps = {name: documented(fields) for name, fields in table(part, "map")}

    assert kinds == {
        str(kind.__struct_config__.tag): coded(kind)
        for kind in (*get_args(Rich), Attachment)
    }
    assert maps == {"Choice": coded(Choice), "Card": coded(Card)}


def test_refusals_are_those_documented() -> None:
    """Section 6 says of each code who must act and whether to retry."""
    told = {
        bare(code): (act, retry)
        for code, act, retry, _ in table(section("6"), "code")
    }

    assert told == {
        code.value: (ACTS[code].value, "yes" if code in RETRIED else "no")
        for code in RefusalCode
    }


def test_close_codes_are_those_documented() -> None:
    """Section 7 names each code with which the server closes."""
    told = {
        int(code): bare(name) for code, name, _ in table(section("7"), "code")
    }

    assert told == {code.value: code.name.lower() for code in Farewell}


def test_the_data_model_is_that_of_the_registry() -> None:
    """`python -m tools.data_model` would write what is there."""
    assert data_model.PAGE.read_text("utf-8") == data_model.page(RECORD_TYPES)


def test_the_diagram_is_that_of_the_table() -> None:
    """`python -m tools.diagram` would draw what is there."""
    assert diagram.DRAWING.read_text("utf-8") == diagram.drawing(MOVES)


def default(field: msgspec.structs.FieldInfo) -> str:
    """A setting's default as the document writes it."""
    if field.required:
        return "required"
    match field.default:
        case None:
            return "`-`"
        case bool() as is_on:
            return f"`{str(is_on).lower()}`"
        case ():
            return "`[]`"
        case int() | float() as number:
            return f"`{number:.15g}`"
        case other:
            plain = other if isinstance(other, tuple) else str(other)
            return f"`{json.dumps(plain)}`"


@pytest.mark.parametrize("heading", SETTINGS)
def test_settings_are_those_documented(heading: str) -> None:
    """Each setting stands in its table, with its default."""
    part = OPERATING.split(f"\n### {heading}\n")[1].split("\n#")[0]
    told = {bare(name): value for name, value, _ in table(part, "setting")}

    assert told == {
        field.encode_name: default(field)
        for field in msgspec.structs.fields(SETTINGS[heading])
        if field.encode_name not in NOT_A_LINE
        and not (
            SETTINGS[heading] is config.AccountConfig
            and field.encode_name in TABLES_OF_ACCOUNTS
        )
    }


def test_the_settings_shown_would_be_taken() -> None:
    """The example of a settings file is one."""
    block = OPERATING.split("```toml\n")[1].split("```")[0]

    shown = config.parse(tomllib.loads(block.replace("\n   ", "\n")), {})

    assert [agent.name for agent in shown.agents] == ["maria"]


def test_environment_variables_are_those_documented() -> None:
    """Each variable the settings can come from is in the document."""
    read = Path(config.__file__).read_text(encoding="utf-8")

    assert set(re.findall(r"DAYFLY_[A-Z_]+", OPERATING)) == set(
        re.findall(r"DAYFLY_[A-Z_]+", read)
    )


def test_options_are_those_documented() -> None:
    """Each option of the demo stands in the document."""
    told = {bare(option).split()[0] for option, _ in table(OPERATING, "option")}
    known = {
        option
        for action in run.parser()._actions
        for option in action.option_strings
    }

    assert told == known - {"-h", "--help", "--settings"}


def slug(heading: str) -> str:
    """The anchor that readers' programs make of a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def links(path: Path) -> Iterator[str]:
    """Where the links and pictures of a document lead, within the project."""
    text = _CODE_BLOCK.sub("", path.read_text("utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:", target):
            yield target


def missing(path: Path, targets: Iterable[str]) -> Iterator[str]:
    """Those of ``targets`` that lead nowhere."""
    for target in targets:
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        if not there.exists():
            yield target
        elif anchor and there.suffix == ".md":
            headings = _HEADING.findall(there.read_text("utf-8"))
            if anchor not in map(slug, headings):
                yield target


@pytest.mark.parametrize(
    "path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_links_lead_somewhere(path: Path) -> None:
    """Every link and picture of a document is there."""
    assert list(missing(path, links(path))) == []


def test_each_duty_names_calls_and_tests_that_there_are() -> None:
    """docs/privacy.md sends nobody to a call or a test that is not there."""
    page = (ROOT / "docs" / "privacy.md").read_text("utf-8")
    named = "\n".join("|".join(row) for row in table(page, "duty"))
    known = {
        f"{one.method} {one.path.removeprefix('/accounts/{account}')}"
        for one in every_operation()
    } | {"GET /transcript"}

    assert set(re.findall(r"`((?:GET|POST|PUT|PATCH) /[^`]*)`", named)) <= known
    tests = re.findall(r"`(tests/[^`]+)`", named)
    assert tests
    assert [one for one in tests if not (ROOT / one).exists()] == []
