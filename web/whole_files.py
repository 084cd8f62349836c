"""Writing result files whole or not at all: beside their place first, then moved there."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from matcher.errors import RefusedInput


def require_places(places: Iterable[Path], *, inputs: Iterable[Path] = ()) -> None:
    """Before long work: can results be written there, each to a place of its own and none over an input?

    Raises RefusedInput: cannot_write, same_place_twice, over_an_input.
    """
    taken: set[Path] = set()
    read = {path.resolve() for path in inputs}
    for path in places:
        folder, place = path.absolute().parent, path.resolve()
        if not folder.is_dir():
            raise RefusedInput("cannot_write", name=path.name, problem="no_folder")
        if path.is_dir():
            raise RefusedInput("cannot_write", name=path.name, problem="is_folder")
        if not os.access(path if path.exists() else folder, os.W_OK):
            raise RefusedInput("cannot_write", name=path.name, problem="no_right")
        if place in read:
            raise RefusedInput("over_an_input", name=path.name)
        if place in taken:
            raise RefusedInput("same_place_twice", name=path.name)
        taken.add(place)


def write_whole(files: Mapping[Path, bytes]) -> None:
    """All files or none; a reader never sees half a file. Raises RefusedInput (cannot_write)."""
    drafts: list[tuple[Path, Path]] = []
    now = next(iter(files), Path())
    try:
        for now, body in files.items():
            place = now.resolve()
            if now.exists() and not now.is_file():  # a pipe or a terminal takes what it is given
                now.write_bytes(body)
                continue
            draft = place.with_name(f".{place.name}.{os.getpid()}.part")
            drafts.append((draft, place))
            draft.write_bytes(body)
        for draft, place in drafts:
            os.replace(draft, place)
    except OSError as error:
        raise RefusedInput("cannot_write", name=now.name, problem=error.strerror or "") from None
    finally:
        for draft, _place in drafts:
            draft.unlink(missing_ok=True)
