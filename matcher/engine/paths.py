"""Shortest augmenting paths over a circulation: Dijkstra on reduced costs, as far as needed and no further.

`settle` puts nodes back into balance; `one_more_unit` tells what more stock would add.
"""

from typing import Any, NamedTuple

import numpy as np

from matcher.engine.compiled import compiled
from matcher.engine.problem import Ints

FAR = 2**62


class Scratch(NamedTuple):
    """Working memory of `settle`, kept so that one small repair costs nothing that grows with the graph."""

    distance: Ints
    place: Ints  # in the heap; −1 not seen, −2 done
    via: Ints
    heap: Ints
    done: Ints


def new_scratch(n_nodes: int) -> Scratch:
    return Scratch(
        np.full(n_nodes + 1, FAR, dtype=np.int64), np.full(n_nodes + 1, -1, dtype=np.int64),
        *(np.zeros(n_nodes + 1, dtype=np.int64) for _ in range(3)),
    )  # fmt: skip


@compiled
def settle(graph: Any, scratch: Any, nodes: Any) -> int:
    """Bring every node of `nodes` into balance at least cost; returns how many paths that took."""
    n_paths = 0
    for k in range(2):  # first what is too much, then what is missing
        forward = k == 0
        for s in nodes:
            while (graph.excess[s] > 0) if forward else (graph.excess[s] < 0):
                _one_path(graph, scratch, s, forward)
                n_paths += 1
    return n_paths


@compiled
def _one_path(graph: Any, scratch: Any, s: int, forward: bool) -> None:
    root = len(graph.start) - 1
    tail, head, potential, excess = graph.tail, graph.head, graph.potential, graph.excess
    distance, place, via = scratch.distance, scratch.place, scratch.via
    best, end = np.int64(FAR), -1
    distance[s] = 0
    size, n_done = _push(scratch, s, 0), 0
    while size > 0:
        u = scratch.heap[0]
        if distance[u] >= best:
            break
        size = _pop(scratch, size)
        scratch.done[n_done] = u
        n_done += 1
        so_far = distance[u]
        for at in range(graph.start[u], graph.start[u] + graph.degree[u]):
            code = graph.links[at]
            e, is_head = code >> 1, code & 1
            along = (is_head == 0) == forward
            if along:
                if graph.flow[e] >= graph.cap[e]:
                    continue
            elif graph.flow[e] <= 0:
                continue
            w = tail[e] if is_head == 1 else head[e]
            reduced = graph.cost[e] + potential[tail[e]] - potential[head[e]]
            there = so_far + (reduced if along else -reduced)
            if there >= best:
                continue
            if w == root or ((excess[w] < 0) if forward else (excess[w] > 0)):
                best, end = there, w
                via[w] = code
            elif there < distance[w] and place[w] != -2:
                distance[w] = there
                via[w] = code
                size = _push(scratch, w, size)
    _reprice(graph, scratch, n_done, size, best, forward)
    _augment(graph, scratch, s, end, forward)


@compiled
def one_more_unit(graph: Any, scratch: Any) -> Any:
    """(n_nodes + 1,) what one more unit in a node would add to the optimum, at least 0: the gain along the best way
    to the root that is open."""
    root = len(graph.start) - 1
    distance, potential = scratch.distance, graph.potential
    size, n_done = 0, 0
    for e in range(graph.used[0]):
        u, w = graph.tail[e], graph.head[e]
        there = graph.cost[e] + potential[u] - potential[w]
        if w == root and graph.flow[e] < graph.cap[e]:
            if there < distance[u]:
                distance[u] = there
                size = _push(scratch, u, size)
        elif u == root and graph.flow[e] > 0 and -there < distance[w]:
            distance[w] = -there
            size = _push(scratch, w, size)
    while size > 0:
        u = scratch.heap[0]
        size = _pop(scratch, size)
        scratch.done[n_done] = u
        n_done += 1
        for at in range(graph.start[u], graph.start[u] + graph.degree[u]):
            code = graph.links[at]
            e, is_head = code >> 1, code & 1
            w = graph.tail[e] if is_head == 1 else graph.head[e]
            if w == root or scratch.place[w] == -2:
                continue
            if graph.flow[e] >= graph.cap[e] if is_head == 1 else graph.flow[e] <= 0:
                continue
            reduced = graph.cost[e] + potential[graph.tail[e]] - potential[graph.head[e]]
            there = distance[u] + (reduced if is_head == 1 else -reduced)
            if there < distance[w]:
                distance[w] = there
                size = _push(scratch, w, size)
    gain = np.zeros(root + 1, dtype=np.int64)
    for k in range(n_done):
        u = scratch.done[k]
        gain[u] = max(np.int64(0), potential[u] - distance[u])
        distance[u] = FAR
        scratch.place[u] = -1
    return gain


@compiled
def _reprice(graph: Any, scratch: Any, n_done: int, size: int, best: Any, forward: bool) -> None:
    """Move the potentials of the nodes passed, and forget the search."""
    for k in range(n_done):
        u = scratch.done[k]
        lead = best - scratch.distance[u]
        graph.potential[u] += -lead if forward else lead
        scratch.distance[u] = FAR
        scratch.place[u] = -1
    for k in range(size):
        u = scratch.heap[k]
        scratch.distance[u] = FAR
        scratch.place[u] = -1


@compiled
def _augment(graph: Any, scratch: Any, s: int, end: int, forward: bool) -> None:
    root = len(graph.start) - 1
    amount = abs(graph.excess[s])
    if end != root:
        amount = min(amount, abs(graph.excess[end]))
    for turn in range(2):  # how much fits, then carry it
        w = end
        while w != s:
            code = scratch.via[w]
            e, is_head = code >> 1, code & 1
            along = (is_head == 0) == forward
            if turn == 0:
                amount = min(amount, graph.cap[e] - graph.flow[e] if along else graph.flow[e])
            else:
                graph.flow[e] += amount if along else -amount
            w = graph.head[e] if is_head == 1 else graph.tail[e]
    graph.excess[s] -= amount if forward else -amount
    if end != root:
        graph.excess[end] += amount if forward else -amount


@compiled
def _push(scratch: Any, u: int, size: int) -> int:
    """Put a node into the heap or let it rise after its distance fell; returns the heap's size."""
    heap, place, distance = scratch.heap, scratch.place, scratch.distance
    k = place[u]
    if k < 0:
        k = size
        size += 1
    while k > 0:
        parent = (k - 1) >> 2
        v = heap[parent]
        if distance[v] <= distance[u]:
            break
        heap[k] = v
        place[v] = k
        k = parent
    heap[k] = u
    place[u] = k
    return size


@compiled
def _pop(scratch: Any, size: int) -> int:
    """Take the nearest node off the heap; returns the heap's size."""
    heap, place, distance = scratch.heap, scratch.place, scratch.distance
    place[heap[0]] = -2
    size -= 1
    if size == 0:
        return 0
    u = heap[size]
    k = 0
    while True:
        child = 4 * k + 1
        if child >= size:
            break
        least = child
        for c in range(child + 1, min(child + 4, size)):
            if distance[heap[c]] < distance[heap[least]]:
                least = c
        if distance[heap[least]] >= distance[u]:
            break
        heap[k] = heap[least]
        place[heap[k]] = k
        k = least
    heap[k] = u
    place[u] = k
    return size
