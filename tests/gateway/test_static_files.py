"""Files for browsers: which, how small, and how often."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from starlette.requests import Request

from server.gateway.static_files import Asset, StaticFiles

LONG = b"/* the same again and again */\n" * 100


def request(**headers: str) -> Request:
    """A request with these headers."""
    named = [
        (name.replace("_", "-").encode(), value.encode())
        for name, value in headers.items()
    ]
    return Request({"type": "http", "headers": named})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A web folder with one file, and a secret beside it."""
    (tmp_path / "web" / "widget").mkdir(parents=True)
    (tmp_path / "web" / "widget" / "main.js").write_bytes(LONG)
    (tmp_path / "web" / "widget" / ".hidden.js").write_bytes(LONG)
    (tmp_path / "secret.js").write_bytes(LONG)
    return tmp_path / "web"


def test_a_file_is_read_once(folder: Path) -> None:
    """What is in memory stays as it is, whatever the disk says."""
    files = StaticFiles(folder)
    first = files.asset("widget/main.js")

    (folder / "widget" / "main.js").unlink()

    assert first is not None
    assert first.body == LONG
    assert first.kind == "text/javascript; charset=utf-8"
    assert files.asset("widget/main.js") is first


def test_a_script_comes_without_what_is_for_its_readers(folder: Path) -> None:
    """Indentation and comment lines stay here; addresses in the code do not."""
    script = folder / "widget" / "told.js"
    script.write_bytes(
        b"// why\nsay('https://here');  // after\n\t  // more\n\n  say(1);\n"
    )

    asset = StaticFiles(folder).asset("widget/told.js")

    assert asset is not None
    assert asset.body == b"say('https://here');  // after\n\nsay(1);\n"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "main.js",
        "../secret.js",
        "widget/../../secret.js",
        "widget/..",
        "widget/.hidden.js",
        "widget/main.js\n",
        "widget/main.js\0",
        "widget//main.js",
        "/widget/main.js",
        "widget/main.exe",
        "widget/missing.js",
        "widget",
    ],
)
def test_nothing_else_can_be_had(folder: Path, name: str) -> None:
    """No way up, no hidden file, no other kind of file."""
    assert StaticFiles(folder).asset(name) is None


def test_a_link_out_of_the_folder_leads_nowhere(folder: Path) -> None:
    """A symbolic link is followed before it is judged."""
    (folder / "widget" / "link.js").symlink_to(folder.parent / "secret.js")

    assert StaticFiles(folder).asset("widget/link.js") is None


@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("br", False),
        ("", False),
    ],
)
def test_who_takes_gzip_gets_it(accepted: str, *, is_packed: bool) -> None:
    """The packed and the plain form say the same, under different tags."""
    asset = Asset.of(LONG, "text/css")

    answer = asset.answer(request(accept_encoding=accepted), {})

    assert answer.headers["vary"] == "accept-encoding"
    assert ("content-encoding" in answer.headers) == is_packed
    assert answer.headers["etag"].endswith('-gz"') == is_packed
    body = bytes(answer.body)
    assert (gzip.decompress(body) if is_packed else body) == LONG


def test_what_is_too_short_to_gain_is_not_packed() -> None:
    """A packet is a packet."""
    answer = Asset.of(b"short", "text/css").answer(
        request(accept_encoding="gzip"), {}
    )

    assert answer.body == b"short"


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_who_has_it_already_is_told_so(form: str) -> None:
    """A 304 without a body, as long as nothing has changed."""
    asset = Asset.of(LONG, "text/css")
    packed = {"accept_encoding": "gzip"}
    etag = asset.answer(request(**packed), {}).headers["etag"]

    again = asset.answer(
        request(if_none_match=form.format(etag), **packed), {"x-kept": "yes"}
    )

    assert (again.status_code, again.body) == (304, b"")
    assert again.headers["etag"] == etag
    assert again.headers["x-kept"] == "yes"
    assert "content-encoding" not in again.headers


def test_who_has_something_else_gets_it_all() -> None:
    """The tag of the plain form does not stand for the packed one."""
    asset = Asset.of(LONG, "text/css")
    plain = asset.answer(request(), {}).headers["etag"]

    answer = asset.answer(
        request(if_none_match=plain, accept_encoding="gzip"), {}
    )

    assert answer.status_code == 200
