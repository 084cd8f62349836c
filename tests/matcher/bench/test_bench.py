"""The measuring itself, on the smallest size: who wins is known, what is promised is in the figures."""

import pytest

from matcher.bench.events import events
from matcher.bench.names import PEERS, SIZES, default_peers
from matcher.bench.run import as_table, bench
from matcher.bench.synthetic import invent


@pytest.fixture(scope="module")
def report():
    return bench("XS", repeats=1, threads=1)


def line(report, name):
    return next(line for line in report["peers"] if line["peer"] == name)


def test_peers_alternate_with_the_product():
    heard = []
    report = bench("XS", ["own-flow"], repeats=2, told=heard.append)
    assert [entry.split()[1] for entry in heard] == ["product:", "own-flow:"] * 2
    assert {line["runs"] for line in report["peers"]} == {2}


def test_every_peer_takes_part(report):
    assert [line["peer"] for line in report["peers"]] == default_peers("XS")
    assert report["first_call_seconds"] > 0 and report["pairs_permitted"] > 0


def test_nobody_allocates_more_than_the_certified_optimum(report):
    best = line(report, "product")
    assert best["proven"]
    for name in ("truncated", "own-flow", "ortools", "greedy", "naive"):
        peer = line(report, name)
        assert (peer["reached_weight"], peer["score_parts"]) <= (best["reached_weight"], best["score_parts"])
    assert line(report, "own-flow")["score_parts"] == line(report, "ortools")["score_parts"]
    assert line(report, "naive")["loss_of_weight"] > 0.05 and best["loss_of_weight"] == 0


def test_searching_blind_to_the_rules_misses_most(report):
    assert line(report, "candidates")["recall"] == 1.0 > line(report, "brute")["recall"]


def test_the_table_has_a_row_for_each_peer_and_the_ratios(report):
    table = as_table(report)
    assert all(f"| {name} |" in table for name in default_peers("XS")) and "own-flow/ortools" in table


def test_events_end_where_a_fresh_run_ends():
    found = events(invent("XS"), 140)
    assert found["equal_to_batch"] and found["events"]["need comes"]["events"] == 60


def test_sizes_are_as_described():
    invented = invent("S")
    assert (invented.blocks.n_needs, invented.blocks.n_offers) == SIZES["S"]
    demand, stock = int(invented.blocks.needs.wanted.sum()), int(invented.blocks.offers.stock.sum())
    assert 0.8 < stock / demand < 0.95
    needs, offers = invented.texts()
    assert all(20 <= len(text) <= 40 for text in needs + offers)
    assert set(default_peers("L")) < set(PEERS)
