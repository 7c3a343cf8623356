"""A zip file that is written while it is read."""

from __future__ import annotations

import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from server.services.zip_stream import ZipStream

FILES = st.lists(
    st.tuples(
        st.text("abcdef", min_size=1, max_size=8),
        st.lists(st.binary(max_size=3_000), max_size=4),
    ),
    max_size=4,
    unique_by=lambda one: one[0],
)


@given(FILES)
def test_what_was_put_in_comes_out(
    files: list[tuple[str, list[bytes]]],
) -> None:
    """By the library's own reading of it, checksums included."""
    stream = ZipStream(1_800_000_000.0)
    written = b""
    for name, pieces in files:
        written += stream.begin(name)
        written += b"".join(map(stream.feed, pieces))
    written += stream.finish()

    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert archive.testzip() is None
        assert {one: archive.read(one) for one in archive.namelist()} == {
            name: b"".join(pieces) for name, pieces in files
        }


def test_its_files_are_their_owners_alone() -> None:
    """Whoever unpacks it does not show it to everybody."""
    stream = ZipStream(0.0)
    written = stream.begin("a") + stream.finish()

    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        (info,) = archive.infolist()

    assert info.external_attr >> 16 == 0o100600
    assert info.date_time[0] == 1980
