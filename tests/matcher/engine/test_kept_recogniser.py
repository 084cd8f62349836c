"""What was learned from a lexicon is read again: the same to the byte, and never trusted."""

from pathlib import Path

import numpy as np
import pytest

from matcher.engine import kept_recogniser
from matcher.engine.array_files import read_arrays, write_arrays
from matcher.engine.kept_recogniser import NAME, learned_from, recogniser_of
from matcher.engine.recognise import Recogniser
from matcher.settings import Settings
from tests.matcher.engine.small_lexicon import NEEDS, OFFERS, SPOKEN, small_lexicon

TEXTS = [*NEEDS, *OFFERS, "", "米缸见底了", "how do I sort an array"]


def answers(recogniser: Recogniser) -> bytes:
    offered = recogniser.offered(TEXTS)
    found = (recogniser.believe(TEXTS), offered.beliefs, offered.services, offered.trust)
    told = [recogniser.telling("捐赠米面粮油", k, is_offer=True) for k in range(len(SPOKEN))]
    return b"".join(part.tobytes() for part in found) + repr(told).encode()


@pytest.fixture
def no_learning(monkeypatch):
    """Learning is an error."""

    def fail(*_):
        raise AssertionError("learned again")

    return lambda: monkeypatch.setattr(Recogniser, "fit", fail)


def test_it_is_learned_once_and_answers_the_same(tmp_path, no_learning):
    anew = answers(Recogniser().fit(small_lexicon()))
    lexicon = small_lexicon()
    first = recogniser_of(lexicon, tmp_path / "nuanliu")
    (file,) = (tmp_path / "nuanliu").iterdir()
    assert file.name == NAME and file.stat().st_mode & 0o077 == 0
    no_learning()
    assert recogniser_of(lexicon, None) is first
    read = recogniser_of(small_lexicon(), tmp_path / "nuanliu")
    assert answers(first) == answers(read) == anew


@pytest.mark.parametrize("what", ["lexicon", "libraries", "code"])
def test_what_was_learned_from_something_else_is_not_used(tmp_path, monkeypatch, what):
    recogniser_of(small_lexicon(), tmp_path)
    before = str(read_arrays(tmp_path / NAME)["source"])
    lexicon = small_lexicon()
    if what == "lexicon":
        lexicon.phrases = lexicon.phrases[1:]
    elif what == "libraries":
        monkeypatch.setattr(kept_recogniser, "LIBRARIES", ("numpy", "flask"))
    else:
        monkeypatch.setattr(kept_recogniser, "recognise", kept_recogniser)  # another file of code
    assert answers(recogniser_of(lexicon, tmp_path)) == answers(Recogniser().fit(lexicon))
    after = str(read_arrays(tmp_path / NAME)["source"])
    assert after == learned_from(lexicon) != before


@pytest.mark.parametrize("wrong", [b"", b"PK\x03\x04 cut off", b"not a file of numbers"])
def test_a_broken_file_is_made_again(tmp_path, no_learning, wrong):
    (tmp_path / NAME).write_bytes(wrong)
    found = answers(recogniser_of(small_lexicon(), tmp_path))
    no_learning()
    assert answers(recogniser_of(small_lexicon(), tmp_path)) == found


def changed(arrays, name, value):
    return {**arrays, name: value}


@pytest.mark.parametrize(
    "change",
    [
        lambda a: {"source": a["source"]},
        lambda a: changed(a, "idf", a["idf"][1:]),
        lambda a: changed(a, "usual", a["usual"][:, 1:]),
        lambda a: changed(a, "columns", a["columns"] + 100),
        lambda a: changed(a, "weights", np.full_like(a["weights"], np.nan)),
        lambda a: changed(a, "terms", a["terms"][:-40]),
        lambda a: changed(a, "known", np.array([0xFF], np.uint8)),
    ],
)
def test_arrays_that_do_not_fit_are_made_again(tmp_path, change):
    found = answers(recogniser_of(small_lexicon(), tmp_path))
    arrays = read_arrays(tmp_path / NAME)
    write_arrays(tmp_path / NAME, change(arrays))
    assert answers(recogniser_of(small_lexicon(), tmp_path)) == found
    mended = read_arrays(tmp_path / NAME)
    assert {name: array.tobytes() for name, array in mended.items()} == {n: a.tobytes() for n, a in arrays.items()}


def test_nothing_is_unpickled(tmp_path):
    class Spring:
        def __reduce__(self):
            return Path.touch, (tmp_path / "sprung",)

    np.savez(tmp_path / NAME, source=np.array([Spring()], dtype=object))
    recogniser_of(small_lexicon(), tmp_path)
    assert not (tmp_path / "sprung").exists()


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path):
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file", tmp_path / "file" / "below", None):
        assert answers(recogniser_of(small_lexicon(), folder)) == answers(Recogniser().fit(small_lexicon()))


def test_it_is_kept_in_the_cache_folder_of_who_runs_a_command(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert Settings().learned_dir == tmp_path / "nuanliu"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert Settings().learned_dir == tmp_path / "home" / ".cache" / "nuanliu"
