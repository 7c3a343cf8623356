"""The folder of attachments: whole files or none."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from server.errors import Corrupt, Misconfigured, Unavailable
from server.store.blobs import Blobs

ID = "AbCdEfGhIjKlMnOpQrStUv"
OTHER = "ab_dEfGhIjKlMnOpQrStU-"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the files lie."""
    return tmp_path / "data" / "blobs"


@pytest.fixture
def blobs(folder: Path) -> Blobs:
    """The folder, on a disk with room."""
    return Blobs(folder, reserve=0)


def keep(blobs: Blobs, attachment: str, *pieces: bytes) -> None:
    """A whole file."""
    writer = blobs.writer(attachment)
    for piece in pieces:
        writer.write(piece)
    writer.finish()


def test_the_folder_outlives_a_power_cut(folder: Path) -> None:
    """Its name is on the medium before a file is."""
    synced: list[int] = []

    Blobs(folder, sync=lambda fd: synced.append(os.fstat(fd).st_ino))

    assert synced == [folder.parent.stat().st_ino]


def files(folder: Path) -> list[str]:
    """What there is."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_what_was_written_is_read_by_place(blobs: Blobs) -> None:
    """From anywhere, fewer bytes at the end, none behind it."""
    keep(blobs, ID, b"first", b"", b"second")

    assert blobs.read(ID, 0, 5) == b"first"
    assert blobs.read(ID, 5, 99) == b"second"
    assert blobs.read(ID, 99, 5) == b""


def test_files_are_their_owners_only(blobs: Blobs, folder: Path) -> None:
    """Folders and files, whatever the process was told of modes."""
    keep(blobs, ID, b"x")
    path = folder / ID[:2] / ID

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_file_has_its_name_when_it_is_whole(
    blobs: Blobs, folder: Path
) -> None:
    """Until then it is a part, which nobody reads."""
    writer = blobs.writer(ID)
    writer.write(b"half")
    assert files(folder) == [f"{ID}.part"]
    with pytest.raises(Corrupt):
        blobs.read(ID, 0, 4)

    writer.finish()

    assert files(folder) == [ID]


@pytest.mark.parametrize("is_whole", [False, True])
def test_what_is_abandoned_leaves_nothing(
    blobs: Blobs, folder: Path, *, is_whole: bool
) -> None:
    """Before it was whole and after, once and twice."""
    writer = blobs.writer(ID)
    writer.write(b"half")
    if is_whole:
        writer.finish()

    writer.abandon()
    writer.abandon()

    assert files(folder) == []


def test_who_was_abandoned_writes_into_nobodys_file(
    blobs: Blobs, folder: Path
) -> None:
    """Its number may belong to another file by now."""
    writer = blobs.writer(ID)
    writer.abandon()
    other = blobs.writer(OTHER)

    with pytest.raises(Unavailable):
        writer.write(b"late")
    with pytest.raises(Unavailable):
        writer.finish()

    other.finish()
    assert files(folder) == [OTHER]
    assert blobs.read(OTHER, 0, 9) == b""


def test_giving_up_waits_for_who_writes(blobs: Blobs) -> None:
    """A file is never closed under somebody's write."""
    writer = blobs.writer(ID)
    abandoned = threading.Event()

    def abandon() -> None:
        writer.abandon()
        abandoned.set()

    with writer._lock:
        thread = threading.Thread(target=abandon)
        thread.start()
        assert not abandoned.wait(0.01)
        os.fstat(writer._fd)  # still open
    thread.join()

    assert abandoned.is_set()


def test_a_file_is_never_written_twice(blobs: Blobs) -> None:
    """Two uploads of one name: the second is refused, the first goes on."""
    first = blobs.writer(ID)
    with pytest.raises(Unavailable):
        blobs.writer(ID)
    first.finish()

    assert blobs.read(ID, 0, 1) == b""


def test_files_leave_room_for_messages(folder: Path) -> None:
    """What would take the last of the disk is refused, and leaves nothing."""
    blobs = Blobs(folder, reserve=2**62)
    writer = blobs.writer(ID)

    with pytest.raises(Unavailable):
        writer.write(b"x")
    writer.abandon()

    assert files(folder) == []


def test_a_full_disk_is_told(blobs: Blobs) -> None:
    """As an error of ours, without words of the system."""
    full = os.open("/dev/full", os.O_WRONLY)
    writer = blobs.writer(ID)
    os.dup2(full, writer._fd)
    os.close(full)
    writer._reserve = -(2**62)

    with pytest.raises(Unavailable, match=r"^the disk took no attachment$"):
        writer.write(b"x")
    writer.abandon()


def test_what_cannot_be_put_on_the_medium_leaves_nothing(
    blobs: Blobs, folder: Path
) -> None:
    """The rename fails: neither part nor file remains."""
    writer = blobs.writer(ID)
    (folder / ID[:2] / ID).mkdir()

    with pytest.raises(Unavailable):
        writer.finish()

    assert files(folder) == []


def test_a_folder_that_takes_nothing_is_told(
    blobs: Blobs, folder: Path
) -> None:
    """A file stands where a folder is to be."""
    (folder / ID[:2]).write_text("in the way")

    with pytest.raises(Unavailable):
        blobs.writer(ID)
    with pytest.raises(Unavailable):
        blobs.read(ID, 0, 1)


def test_a_data_folder_in_the_way_stops_the_start(tmp_path: Path) -> None:
    """The operator is told which."""
    (tmp_path / "blobs").write_text("in the way")

    with pytest.raises(Misconfigured, match="blobs cannot be made"):
        Blobs(tmp_path / "blobs")


def test_erasing_takes_what_is_named(blobs: Blobs, folder: Path) -> None:
    """And nothing else; what is gone already is no error."""
    keep(blobs, ID, b"x")
    keep(blobs, OTHER, b"y")

    blobs.erase([ID, "never-was"])
    blobs.erase([ID])

    assert files(folder) == [OTHER]
    with pytest.raises(Corrupt, match=r"^an attachment is missing$"):
        blobs.read(ID, 0, 1)


def test_what_cannot_be_erased_is_told(blobs: Blobs, folder: Path) -> None:
    """So that it is tried again."""
    (folder / ID[:2] / ID).mkdir(parents=True)

    with pytest.raises(Unavailable):
        blobs.erase([ID])
    with pytest.raises(Unavailable):
        blobs.keep_only(frozenset())


def test_a_start_removes_what_belongs_to_nobody(
    blobs: Blobs, folder: Path
) -> None:
    """Parts, and files whose row was never written."""
    keep(blobs, ID, b"x")
    keep(blobs, OTHER, b"y")
    blobs.writer("zz-half").write(b"z")

    removed = blobs.keep_only(frozenset({ID}))

    assert removed == 2
    assert files(folder) == [ID]
    assert blobs.keep_only(frozenset({ID})) == 0


def test_a_file_and_the_way_to_it_are_on_the_medium(folder: Path) -> None:
    """The new folder's place, the file, and its name; then its end."""
    synced: list[str] = []

    def sync(fd: int) -> None:
        synced.append(Path(f"/proc/self/fd/{fd}").readlink().name)

    blobs = Blobs(folder, reserve=0, sync=sync)
    synced.clear()
    keep(blobs, ID, b"x")
    assert synced == ["blobs", f"{ID}.part", ID[:2]]
    keep(blobs, ID[:2] + OTHER[2:], b"y")
    assert synced[3:] == [f"{ID[:2]}{OTHER[2:]}.part", ID[:2]]

    blobs.erase([ID])
    blobs.keep_only(frozenset())

    assert synced[5:] == [ID[:2], ID[:2]]


def test_a_file_that_is_not_on_the_medium_is_not_there(folder: Path) -> None:
    """The disk refuses the last step: nothing of it remains."""

    def sync(fd: int) -> None:
        if Path(f"/proc/self/fd/{fd}").readlink().name not in {"data", "blobs"}:
            raise OSError

    blobs = Blobs(folder, reserve=0, sync=sync)
    with pytest.raises(Unavailable):
        keep(blobs, ID, b"x")

    assert files(folder) == []
