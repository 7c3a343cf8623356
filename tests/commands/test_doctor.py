"""The doctor: what is wrong is found, and what to do about it is said."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from run import main
from server.commands.finding import Finding, Verdict
from server.commands.folder_checks import of_folder
from server.commands.machine_checks import kind_of, of_machine
from server.commands.running_checks import of_server
from server.commands.stored_checks import of_database
from server.config import Config, TlsConfig
from server.data_folder import DataFolder
from server.vault.master_key import MasterKey
from tests.commands.conftest import Run
from tests.commands.local import Local
from tests.services.backups import fill, randomness
from tests.vault.test_certificates import certificate

NOW = 1_900_000_000.0
STATUS = {
    "status": "ok",
    "port": 1,
    "is_ready": True,
    "conversations": 3,
    "last_checkpoint_ok": True,
}


def worst(found: Iterator[Finding], what: str) -> Finding:
    """What it found about ``what``."""
    return max(
        (one for one in found if one.what == what),
        key=lambda one: one.verdict,
    )


def test_a_healthy_folder_is_said_to_be_one(
    run: Run, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Line by line; a program gets the same."""
    fill(data)

    run("doctor", "--json")

    found = {
        one["what"]: one["verdict"]
        for one in json.loads(capsys.readouterr().out)
    }
    for what in ("settings", "data folder", "key file", "database", "keys"):
        assert found[what] == "ok"
    assert found["server"] == "warn"
    # The conversation of the sample is long due.
    assert found["overdue"] == "fail"


def test_settings_that_cannot_work_are_said_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With exit code 1, and what is wrong."""
    settings = tmp_path / "dayfly.toml"
    settings.write_text('colour = "red"\n')

    assert main(["doctor", "--settings", str(settings)]) == 1
    assert "FAIL  settings" in capsys.readouterr().out


def test_what_others_may_read_is_found(data: Path) -> None:
    """And how to close it."""
    fill(data)
    DataFolder(data).keys.chmod(0o644)
    data.chmod(0o755)
    config = Config(data=data)

    found = worst(of_folder(config), "key file")
    assert (found.verdict, "chmod 600" in found.advice) == (Verdict.FAIL, True)
    found = worst(of_folder(config), "data folder")
    assert (found.verdict, "chmod 700" in found.advice) == (Verdict.FAIL, True)


def test_another_master_key_is_found(data: Path, tmp_path: Path) -> None:
    """Which one is needed is said by its name."""
    fill(data)
    other = tmp_path / "other.key"
    other.touch(mode=0o600)
    other.write_text(MasterKey.generate(randomness).text())

    found = worst(
        of_folder(Config(data=data, master_key_file=other)), "master key"
    )
    assert "needs" in found.says
    missing = Config(data=data, master_key_file=tmp_path / "none")
    assert worst(of_folder(missing), "master key").verdict is Verdict.FAIL


def test_a_change_of_the_master_key_is_found(data: Path) -> None:
    """Before it is done, and when the old one is needed no more."""
    fill(data)
    assert main(["key", "rotate", "--data", str(data)]) == 0
    new = DataFolder(data).master_key_file
    old = data / "previous-master.key"
    before = Config(data=data, previous_master_key_file=old)
    after = Config(data=data, master_key_file=old, previous_master_key_file=new)

    assert "restart" in worst(of_folder(before), "master key").advice
    assert "destroy" in worst(of_folder(after), "master key").advice


def test_half_a_restore_is_found(data: Path) -> None:
    """Nothing else is looked at then."""
    fill(data)
    DataFolder(data).restoring.mkdir()

    [found] = of_folder(Config(data=data))
    assert found.verdict is Verdict.FAIL


def test_a_clock_that_was_set_back_is_found(data: Path) -> None:
    """Something is stored that is to come."""
    fill(data)

    assert worst(of_database(Config(data=data), 100.0), "clock").verdict is (
        Verdict.FAIL
    )
    assert worst(of_database(Config(data=data), NOW), "clock").verdict is (
        Verdict.OK
    )


def test_rows_without_a_key_are_found(data: Path) -> None:
    """A key file that is older than the database, say."""
    fill(data)
    content = bytearray(DataFolder(data).keys.read_bytes())
    content[4096 : 4096 + 128] = bytes(128)
    DataFolder(data).keys.write_bytes(content)

    found = worst(of_database(Config(data=data), NOW), "keys")
    assert found.says.startswith("1 rows have no key")


@pytest.mark.parametrize(
    ("answer", "what", "verdict"),
    [
        (STATUS, "server", Verdict.OK),
        (STATUS | {"is_ready": False}, "server", Verdict.FAIL),
        (STATUS | {"last_checkpoint_ok": False}, "erasing", Verdict.FAIL),
    ],
)
def test_a_running_server_is_asked(
    server: Local,
    data: Path,
    answer: dict[str, object],
    what: str,
    verdict: Verdict,
) -> None:
    """It knows best how it does."""
    server.on("GET", "server/status", answer)

    found = of_server(Config(data=data, port=0), NOW)
    assert worst(found, what).verdict is verdict


def test_a_port_that_nobody_answers_is_found(server: Local, data: Path) -> None:
    """Though the server runs."""
    server.on("GET", "server/status", STATUS)

    found = of_server(Config(data=data), NOW)
    assert worst(found, "port").verdict is Verdict.FAIL


def test_the_port_is_the_one_it_listens_on(server: Local, data: Path) -> None:
    """Whatever the settings said when it was started."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        server.on("GET", "server/status", STATUS | {"port": port})

        found = of_server(Config(data=data, port=1), NOW)
        assert worst(found, "port").verdict is Verdict.OK


@pytest.mark.parametrize(
    ("days", "verdict"),
    [(-1, Verdict.FAIL), (5, Verdict.WARN), (60, Verdict.OK)],
)
def test_a_certificate_near_its_end_is_found(
    tmp_path: Path, days: int, verdict: Verdict
) -> None:
    """Two weeks before."""
    begin = datetime.fromtimestamp(NOW - 86_400.0 * 10, UTC)
    path = certificate(tmp_path / "c.pem", days=days + 10, begin=begin)
    config = Config(
        data=tmp_path, tls=TlsConfig(certificate=path, key=tmp_path)
    )

    assert worst(of_server(config, NOW), "certificate").verdict is verdict
    path.unlink()
    assert worst(of_server(config, NOW), "certificate").verdict is Verdict.FAIL


def test_the_machine_is_looked_at(tmp_path: Path) -> None:
    """Also where there is nothing yet."""
    found = list(of_machine(Config(data=tmp_path / "not" / "yet")))

    assert [one.what for one in found] == [
        "disk",
        "file system",
        "open files",
        "swap",
    ]


def test_a_file_system_is_known_by_its_device(tmp_path: Path) -> None:
    """As the kernel lists them."""
    device = tmp_path.stat().st_dev
    number = f"{device >> 8 & 0xFFF}:{device & 0xFF}"
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "20 1 0:999 / /x rw - tmpfs tmpfs rw\n"
        f"21 1 {number} / /y rw,relatime shared:1 - zfs pool rw\n"
    )

    assert kind_of(tmp_path, mounts) == "zfs"
    assert kind_of(tmp_path, tmp_path / "none") == ""
