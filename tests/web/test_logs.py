"""Log lines go to the stderr of the moment they are written at."""

import io

import structlog

from web.logs import log_to_stderr


def test_a_stderr_that_was_closed_since_the_start_stops_no_answer(monkeypatch, capsys):
    once = io.StringIO()
    with monkeypatch.context() as then:
        then.setattr("sys.stderr", once)
        log_to_stderr("INFO")
    once.close()
    structlog.get_logger("web").info("refused", number="E1")
    assert "number='E1'" in capsys.readouterr().err
