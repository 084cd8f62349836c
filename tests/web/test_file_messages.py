"""Every code that reading files can raise has its words in both languages."""

import re
from pathlib import Path

from matcher.files.problems import RowProblem
from web.file_messages import FILE_MESSAGES, ROW_MESSAGES, file_message, row_message

READERS = Path(__file__).parents[2] / "matcher" / "files"
OURS = ("table", "reading", "values", "needs", "offers", "claims", "judgements")
SOURCE = "\n".join((READERS / f"{name}.py").read_text(encoding="utf-8") for name in OURS)


def test_every_refusal_of_a_file_has_words():
    codes = set(re.findall(r'RefusedInput\(\s*"(\w+)"', SOURCE))
    assert codes and codes <= set(FILE_MESSAGES)


def test_every_problem_of_a_row_has_words():
    codes = set(re.findall(r'(?:CellProblem|problem|warning)\((?:\w+, "?\w+"?, )?"(\w+)"', SOURCE))
    codes |= set(re.findall(r'"(unknown_\w+|\w+_reversed)"', SOURCE)) | {
        "region_unknown",
        "region_ambiguous",
        "region_contradictory",
    }
    assert len(codes) > 20 and codes <= set(ROW_MESSAGES)


def test_words_can_be_filled_in_both_languages():
    params = {
        "name": "n.csv", "problem": "p", "limit_mb": 1, "columns": ["text"], "found": ["a"], "column": "a", "key": "k",
        "times": 2, "limit": 3, "low": 1, "high": 9, "length": 5, "place": "湖北省", "word": "某", "line": 1, "row": 1,
        "encoder": "e", "words": ["草稿", "在档"],
    }  # fmt: skip
    for lang in ("zh", "en"):
        for code in FILE_MESSAGES:
            assert "{" not in file_message(code, params, lang)
        for code in ROW_MESSAGES:
            said = row_message(RowProblem(3, "N1", "text", "值", code, params), lang)
            assert "{" not in said and "N1" in said and "值" in said and "3" in said
