"""What the server says over plain HTTP, and to whom."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp

from server.domain.channel import Channel
from server.domain.context import Part
from server.gateway.health import Health, Status
from server.gateway.pages import in_a_script, pages
from server.ids import AccountId, ChannelId
from tests.fakes_asgi import Answer, ask

SHOP = Channel(
    id=ChannelId("shop"),
    account=AccountId("acme"),
    name="Acme </script><script>alert(1)</script>",
    greeting="Hello \u2028 & welcome",
    color="#0b6e4f",
    allowed_origins=("https://acme.example", "https://www.acme.example"),
    inactivity=1800.0,
    max_age=86_400.0,
    context=frozenset({Part.ADDRESS, Part.PAGE, Part.TAGS}),
    allowed_cookies=frozenset({"visitor", "basket"}),
)
WELL = Health(
    status=Status.OK,
    uptime_seconds=93_784.0,
    sessions=3,
    connections=5,
    conversations=7,
    deadlines=11,
    last_checkpoint_ok=True,
    version="1.0 <b>",
)
FILES = {
    "widget/widget.js": "// loader",
    "widget/strings.js": "export const en = 1;",
    "widget/strings-de.js": "export const words = 1;",
    "widget/frame.html": '<script type="application/json"'
    ' id="dayfly-config">{{dayfly-config}}</script>',
    "console/index.html": "<!doctype html><title>Console</title>",
    "console/secret.txt": "not for browsers",
    "admin/index.html": "<!doctype html><title>Administration</title>",
    "admin/preview.html": "<!doctype html><title>Preview</title>",
    "demo/index.html": "<!doctype html><title>Shop</title>",
    "demo/tea.html": "<!doctype html><title>Tea</title>",
    "demo/shop.css": "body { margin: 0 }",
    "health/index.html": "<title>{{saying}} {{uptime}} {{version}}</title>",
}


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A folder of pages, smaller than the real one."""
    for name, text in FILES.items():
        path = tmp_path / "web" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "above.js").write_text("not for browsers")
    return tmp_path / "web"


def site(
    web: Path,
    *,
    demo: bool = True,
    public_origin: str | None = None,
    health: Health = WELL,
) -> ASGIApp:
    """The pages, with one channel."""
    return pages(
        channels={SHOP.id: SHOP},
        public_origin=public_origin,
        demo=demo,
        health=lambda: health,
        web=web,
    )


def policy(answer: Answer) -> dict[str, str]:
    """The rules of its content security policy."""
    rules = answer.headers["content-security-policy"].split("; ")
    return {name: value for name, _, value in (r.partition(" ") for r in rules)}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/health", 200),
        ("/console/", 200),
        ("/console", 307),
        ("/console/admin", 307),
        ("/console/admin/", 200),
        ("/console/admin/preview", 200),
        ("/console/admin/index", 404),
        ("/web/admin/index.html", 404),
        ("/", 307),
        ("/demo", 307),
        ("/demo/", 200),
        ("/demo/tea", 200),
        ("/demo/tea.html", 200),
        ("/demo/coffee", 404),
        ("/demo/../console/index.html", 404),
        ("/demo/TEA", 404),
        ("/widget/shop/widget.js", 200),
        ("/widget/shop/frame", 200),
        ("/widget/other/widget.js", 404),
        ("/widget/other/frame", 404),
        ("/web/widget/strings.js", 200),
        ("/web/demo/shop.css", 200),
        ("/web/widget/frame.html", 404),
        ("/web/console/secret.txt", 404),
        ("/web/widget/none.js", 404),
        ("/web/../above.js", 404),
        ("/web/widget/../../above.js", 404),
        ("/web/..", 404),
        ("/nowhere", 404),
    ],
)
async def test_each_address_answers_and_carries_every_header(
    web: Path, path: str, status: int
) -> None:
    """Pages, files, redirects and refusals: none is without its headers."""
    answer = await ask(site(web), path)

    assert answer.status == status
    assert {
        "cache-control",
        "content-security-policy",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "permissions-policy",
    } <= answer.headers.keys()
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert policy(answer)["default-src"] == "'none'"


async def test_only_administration_shows_the_preview(web: Path) -> None:
    """The widget beside its settings is framed by our own pages alone."""
    page = policy(await ask(site(web), "/console/admin/"))
    preview = policy(await ask(site(web), "/console/admin/preview"))

    assert page["frame-src"] == "'self'"
    assert page["frame-ancestors"] == "'none'"
    assert preview["frame-ancestors"] == "'self'"
    assert preview["frame-src"] == "'none'"
    assert page["require-trusted-types-for"] == "'script'"


@pytest.mark.parametrize(
    "path", ["/health", "/console/", "/console", "/", "/web/widget/strings.js"]
)
async def test_nothing_can_be_sent_to_a_page(web: Path, path: str) -> None:
    """A wrong method is 405, and says which is right."""
    answer = await ask(site(web), path, method="POST")

    assert answer.status == 405
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    "path", ["/", "/demo/", "/demo/tea", "/web/demo/shop.css"]
)
async def test_without_the_demo_there_is_no_shop(web: Path, path: str) -> None:
    """In production the demo's pages and files do not exist."""
    assert (await ask(site(web, demo=False), path)).status == 404


async def test_the_frame_says_what_its_channel_is(web: Path) -> None:
    """The configuration arrives whole, and nothing in it ends the script."""
    answer = await ask(site(web), "/widget/shop/frame")
    page = answer.body.decode()

    inner = re.search(r">(\{.*\})</script>$", page)
    assert inner is not None
    assert page.count("</script>") == 1
    assert json.loads(inner[1]) == {
        "channel": "shop",
        "name": SHOP.name,
        "greeting": SHOP.greeting,
        "closed": False,
        "color": "#0b6e4f",
        "allowed_origins": list(SHOP.allowed_origins),
        "socket": "/socket/customer/shop",
        "collect": ["page", "tags"],
        "cookies": ["basket", "visitor"],
        "attachments": None,
        "retention": SHOP.retention,
        "languages": ["en", "de"],
    }


async def test_a_frame_that_has_not_changed_is_not_sent_again(
    web: Path,
) -> None:
    """From page to page the browser keeps it, and its policy stays."""
    app = site(web)
    first = await ask(app, "/widget/shop/frame")

    again = await ask(
        app, "/widget/shop/frame", if_none_match=first.headers["etag"]
    )

    assert (again.status, again.body) == (304, b"")
    assert policy(again) == policy(first)


@given(st.text(st.characters(exclude_categories=())))
def test_no_text_can_leave_its_script_element(text: str) -> None:
    """Whatever a name holds, it is data, and comes back as it was."""
    escaped = in_a_script([text])

    assert not set("<>&\u2028\u2029") & set(escaped)
    assert json.loads(escaped) == [text]


async def test_only_the_channels_sites_may_frame_the_widget(web: Path) -> None:
    """The demo adds the server's own pages; the console is framed by none."""
    shown = await ask(site(web), "/widget/shop/frame")
    live = await ask(site(web, demo=False), "/widget/shop/frame")
    console = await ask(site(web), "/console/")

    origins = "https://acme.example https://www.acme.example"
    assert policy(shown)["frame-ancestors"] == f"'self' {origins}"
    assert policy(live)["frame-ancestors"] == origins
    assert policy(console)["frame-ancestors"] == "'none'"


async def test_other_sites_may_load_the_loader_and_nothing_else(
    web: Path,
) -> None:
    """Only widget.js and the frame may be used across origins."""
    open_to_all = set[str]()
    for path in (
        "/widget/shop/widget.js",
        "/widget/shop/frame",
        "/console/",
        "/health",
        "/web/widget/strings.js",
        "/nowhere",
    ):
        answer = await ask(site(web), path)
        if answer.headers["cross-origin-resource-policy"] != "same-origin":
            open_to_all.add(path)

    assert open_to_all == {"/widget/shop/widget.js", "/widget/shop/frame"}


async def test_pages_connect_to_the_host_they_came_from(web: Path) -> None:
    """Older browsers want the websocket's origin spelled out."""
    plain = await ask(site(web), "/console/", host="chat.test:8420")
    behind = await ask(
        site(web, public_origin="https://chat.acme.example"),
        "/console/",
        host="10.0.0.1",
    )

    assert policy(plain)["connect-src"] == "'self' ws://chat.test:8420"
    assert policy(behind)["connect-src"] == "'self' wss://chat.acme.example"
    assert "max-age" in behind.headers["strict-transport-security"]
    assert "strict-transport-security" not in plain.headers


@pytest.mark.parametrize(
    "host", ["", "a; script-src *", "a b", "[::1]:8420", "a\tb", "a/b", "a,b"]
)
async def test_a_host_header_cannot_write_a_policy(
    web: Path, host: str
) -> None:
    """What is no plain host name is left out."""
    answer = await ask(site(web), "/console/", host=host)

    assert policy(answer)["connect-src"] == "'self'"
    assert policy(answer)["script-src"] == "'self'"


async def test_no_page_allows_inline_script_or_other_sites(web: Path) -> None:
    """The policies have no exception in them, whatever the page."""
    for path in ("/console/", "/demo/", "/widget/shop/frame"):
        rules = policy(await ask(site(web), path))
        assert rules["script-src"] == rules["style-src"] == "'self'"
        assert rules["require-trusted-types-for"] == "'script'"
        assert rules["base-uri"] == "'none'"


async def test_the_demo_shop_may_show_the_widgets_frame(web: Path) -> None:
    """A shop that cannot show the frame is no demo; others need none."""
    shop = await ask(site(web), "/demo/")
    console = await ask(site(web), "/console/")

    assert policy(shop)["frame-src"] == "'self'"
    assert policy(console)["frame-src"] == "'none'"


async def test_health_is_json_for_programs(web: Path) -> None:
    """Counts and times, and 200 while all is well."""
    answer = await ask(site(web), "/health")

    told = json.loads(answer.body)
    assert told["status"] == "ok"
    assert told["conversations"] == 7
    assert answer.headers["cache-control"] == "no-store"


async def test_health_is_a_page_for_people(web: Path) -> None:
    """A browser gets HTML, with every value escaped."""
    answer = await ask(site(web), "/health", accept="text/html,*/*;q=0.8")

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert b"All is well 1 d 2 h 1.0 &lt;b&gt;" in answer.body


async def test_a_folder_without_the_page_still_tells_its_health(
    tmp_path: Path,
) -> None:
    """Monitoring does not depend on the pages being there."""
    answer = await ask(site(tmp_path), "/health", accept="text/html")

    assert json.loads(answer.body)["status"] == "ok"
