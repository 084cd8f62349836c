"""The allocation as a circulation that can grow; `paths.py` keeps it optimal.

root → offer (stock) → need (pair's most) → household → root. A household's first unit travels over an arc that
earns its bonus. A need that is the only one of its household stands for it. Arcs keep flow and nodes keep a
potential (of an offer: its price; of a need: minus what its last unit gains), so that

    reduced cost = cost + potential[tail] − potential[head] ≥ 0 where more may flow, ≤ 0 where something flows.

Whatever breaks that is put right at once by filling or emptying the arc, which leaves nodes with too much or too
little; `paths.settle` carries the difference along shortest paths to where it is missing, or to the root, and the
flow is optimal again. A first solution, new columns and single events all end in the same `settle`.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.engine.compiled import compiled
from matcher.engine.problem import Ints

ROOM = 2  # more arcs that fit into a node's first list


class Graph(NamedTuple):
    """Arcs (first `used[0]` of them are there) and nodes; the root is the last node and has no list of arcs."""

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    cap: Ints
    cost: Ints
    flow: Ints
    start: Ints  # per node: where its list begins in `links`
    degree: Ints  # how many arcs it has
    room: Ints  # how many fit
    links: Ints  # arc × 2, + 1 if the node is the arc's head
    used: Ints  # arcs in use; places of `links` in use
    potential: Ints
    excess: Ints  # inflow − outflow


def new_graph(n_nodes: int, arcs: tuple[Ints, Ints, Ints, Ints, Ints], potential: Ints, *, spare: int = 0) -> Graph:
    """A graph of `n_nodes` and the root from (tail, head, cap, cost, flow); `spare` more arcs fit without a move."""
    n_arcs, size = len(arcs[0]), len(arcs[0]) + spare
    tail, head = np.zeros(size, dtype=np.int32), np.zeros(size, dtype=np.int32)
    cap, cost, flow = (np.zeros(size, dtype=np.int64) for _ in range(3))
    tail[:n_arcs], head[:n_arcs], cap[:n_arcs], cost[:n_arcs], flow[:n_arcs] = arcs
    touched = np.bincount(tail[:n_arcs], minlength=n_nodes + 1) + np.bincount(head[:n_arcs], minlength=n_nodes + 1)
    room = touched.astype(np.int64) + ROOM
    room[n_nodes] = 0
    start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(room)[:-1]])
    links = np.zeros(int(room.sum()) + 4 * spare, dtype=np.int64)
    graph = Graph(
        tail, head, cap, cost, flow, start, np.zeros(n_nodes + 1, dtype=np.int64), room, links,
        np.array([n_arcs, int(room.sum())], dtype=np.int64), potential, np.zeros(n_nodes + 1, dtype=np.int64),
    )  # fmt: skip
    _fill(graph, n_nodes)
    return graph


def add_arcs(graph: Graph, tail: Ints, head: Ints, cap: Ints, cost: Ints) -> Graph:
    """The graph with more arcs, without flow; larger arrays if they no longer fit. Arc numbers go on from the last."""
    n_new = len(tail)
    arcs, links = int(graph.used[0]) + n_new, int(graph.used[1])
    touched, more = np.unique(np.concatenate([tail, head]), return_counts=True)
    moving = graph.degree[touched] + more > graph.room[touched]
    links += int((4 * (graph.degree[touched] + more) + 8)[moving].sum())
    if arcs > len(graph.tail) or links > len(graph.links):
        graph = _larger(graph, max(arcs, len(graph.tail) + len(graph.tail) // 4), max(links, len(graph.links)))
    _add(graph, tail, head, cap, cost)
    return graph


def _larger(graph: Graph, arcs: int, links: int) -> Graph:
    def longer(values: NDArray[Any], size: int) -> NDArray[Any]:
        return np.concatenate([values, np.zeros(max(0, size - len(values)), dtype=values.dtype)])

    wider = {name: longer(getattr(graph, name), arcs) for name in ("tail", "head", "cap", "cost", "flow")}
    return graph._replace(**wider, links=longer(graph.links, links + links // 4))


@compiled
def _add(graph: Any, tail: Any, head: Any, cap: Any, cost: Any) -> None:
    root = len(graph.start) - 1
    for k in range(len(tail)):
        e = graph.used[0]
        graph.used[0] += 1
        graph.tail[e], graph.head[e], graph.cap[e], graph.cost[e], graph.flow[e] = tail[k], head[k], cap[k], cost[k], 0
        if tail[k] != root:
            _link(graph, tail[k], 2 * e)
        if head[k] != root:
            _link(graph, head[k], 2 * e + 1)


@compiled
def _link(graph: Any, u: int, code: int) -> None:
    """Note an arc in a node's list; a full list moves to the end of `links`, twice as long."""
    n = graph.degree[u]
    if n == graph.room[u]:
        begin = graph.used[1]
        for k in range(n):
            graph.links[begin + k] = graph.links[graph.start[u] + k]
        graph.start[u] = begin
        graph.room[u] = 2 * n + 4
        graph.used[1] += graph.room[u]
    graph.links[graph.start[u] + n] = code
    graph.degree[u] = n + 1


@compiled
def mend(graph: Any, arcs: Any, unsettled: Any) -> int:
    """Fill or empty arcs that break optimality or their capacity; the nodes left out of balance go to
    `unsettled`, and how many places of it are used is returned."""
    root, n = len(graph.start) - 1, 0
    for e in arcs:
        u, w = graph.tail[e], graph.head[e]
        reduced = graph.cost[e] + graph.potential[u] - graph.potential[w]
        flow = min(graph.flow[e], graph.cap[e])
        if reduced < 0:
            flow = graph.cap[e]
        elif reduced > 0:
            flow = np.int64(0)
        change = flow - graph.flow[e]
        if change != 0:
            graph.flow[e] = flow
            if u != root:
                graph.excess[u] -= change
                unsettled[n] = u
                n += 1
            if w != root:
                graph.excess[w] += change
                unsettled[n] = w
                n += 1
    return n


@compiled
def _fill(graph: Any, root: int) -> None:
    for e in range(graph.used[0]):
        u, w = graph.tail[e], graph.head[e]
        if u != root:
            graph.links[graph.start[u] + graph.degree[u]] = 2 * e
            graph.degree[u] += 1
            graph.excess[u] -= graph.flow[e]
        if w != root:
            graph.links[graph.start[w] + graph.degree[w]] = 2 * e + 1
            graph.degree[w] += 1
            graph.excess[w] += graph.flow[e]


def more_nodes(graph: Graph, n_new: int) -> Graph:
    """The graph with `n_new` more nodes without arcs, before the root, which moves to the end."""
    old = len(graph.start) - 1
    root = old + n_new
    for end in (graph.tail, graph.head):
        end[: graph.used[0]][end[: graph.used[0]] == old] = root

    def longer(values: Ints) -> Ints:
        return np.concatenate([values[:old], np.zeros(n_new, dtype=np.int64), values[old:]])

    return graph._replace(
        start=longer(graph.start), degree=longer(graph.degree), room=longer(graph.room),
        potential=longer(graph.potential), excess=longer(graph.excess),
    )  # fmt: skip
