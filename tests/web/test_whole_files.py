"""Result files are there whole or not at all."""

import os

import pytest

from matcher.errors import RefusedInput
from web.whole_files import require_places, write_whole


def test_nothing_is_left_half_written(tmp_path):
    good, bad = tmp_path / "p.csv", tmp_path / "gone" / "u.csv"
    good.write_bytes(b"yesterday")
    with pytest.raises(RefusedInput) as refused:
        write_whole({good: b"today", bad: b"today"})
    assert refused.value.params["name"] == "u.csv"
    assert good.read_bytes() == b"yesterday" and os.listdir(tmp_path) == ["p.csv"]


def test_a_link_stays_a_link_and_a_pipe_takes_what_it_is_given(tmp_path):
    (tmp_path / "real.csv").write_bytes(b"old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    write_whole({tmp_path / "link.csv": b"new"})
    assert (tmp_path / "link.csv").is_symlink() and (tmp_path / "real.csv").read_bytes() == b"new"
    reader, writer = os.pipe()
    write_whole({tmp_path.__class__(f"/dev/fd/{writer}"): b"figures"})
    assert os.read(reader, 99) == b"figures"
    os.close(reader)
    os.close(writer)


@pytest.mark.parametrize(("name", "why"), [("gone/x.csv", "no_folder"), ("folder", "is_folder")])
def test_a_place_is_looked_at_before_the_work(tmp_path, name, why):
    (tmp_path / "folder").mkdir()
    with pytest.raises(RefusedInput) as refused:
        require_places([tmp_path / name])
    assert refused.value.params["problem"] == why
