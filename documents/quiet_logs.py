"""Logs without the words of errors 日志不含错误原文: those of every library and of every process of ours.

An error may quote what it broke on, and that may be a complaint. What is said of it is its class and where
it broke.
"""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType
from typing import Any

from documents.rules.breakage import named, places


def keep_words_out() -> None:
    """From now on no log record and no traceback of this process says more of an error than its places."""
    logging.setLogRecordFactory(_record)
    logging.getLogger("gunicorn.error").addFilter(_without_questions)
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _uncaught
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _uncaught_in_thread
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = _unraisable


def _record(*given: Any, **more: Any) -> logging.LogRecord:
    record = logging.LogRecord(*given, **more)
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        record.exc_text, record.exc_info = places(error), None
    if isinstance(record.msg, BaseException):
        record.msg, record.args = named(record.msg), ()
    if isinstance(record.args, tuple):
        record.args = tuple(named(one) if isinstance(one, BaseException) else one for one in record.args)
    return record


def _without_questions(record: logging.LogRecord) -> bool:
    """What stands after the question mark of an address may be words that somebody searched for.

    Of a request that it cannot read the web server quotes a line; who sent it is enough.
    """
    if str(record.msg).startswith("Invalid request from"):
        record.msg = str(record.msg).partition(": ")[0]
    if isinstance(record.args, tuple):
        record.args = tuple(one.partition("?")[0] if isinstance(one, str) else one for one in record.args)
    return True


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        _say(error)


def _uncaught_in_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None and not isinstance(told.exc_value, SystemExit):
        _say(told.exc_value)


def _unraisable(told: sys.UnraisableHookArgs) -> None:
    if told.exc_value is not None:
        _say(told.exc_value)


def _say(error: BaseException) -> None:
    sys.stderr.write(f"{places(error)}\n")
