"""One test for many things that cost next to nothing each: it looks at all of them and names each at which something is wrong, and what."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest


def each(names: str | tuple[str, ...], things: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """As `pytest.mark.parametrize(names, things)`, but one test and not one a thing: setting a test up costs milliseconds, and its fixtures more.

    The fixtures are shared, so this is for things that leave them as they were, such as input that is refused.
    """
    asked, values = [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names), list(things)

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        def test_of_all(**fixtures: Any) -> None:
            assert values, "nothing is tested"
            wrong = list(_wrong(test, asked, values, fixtures))
            if wrong:
                pytest.fail("\n".join([f"{len(wrong)} of {len(values)} are wrong:", *wrong]), pytrace=False)

        # pytest asks for the fixtures that the signature names, and collects it under the name and module of the test itself
        signature = inspect.signature(test)
        fixtures = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in signature.parameters.values() if p.name not in asked]
        test_of_all.__signature__ = signature.replace(parameters=fixtures)  # type: ignore[attr-defined]
        test_of_all.__name__, test_of_all.__module__, test_of_all.__doc__ = test.__name__, test.__module__, test.__doc__
        test_of_all.__qualname__ = test.__qualname__
        return test_of_all

    return decorate


def _wrong(test: Callable[..., None], names: list[str], values: list[Any], fixtures: dict[str, Any]) -> Iterator[str]:
    for value in values:
        try:
            test(**dict(zip(names, value if len(names) > 1 else (value,), strict=True)), **fixtures)
        except (Exception, pytest.fail.Exception) as error:  # `pytest.raises` that got nothing fails by the latter
            (*_, last) = (f for f in traceback.extract_tb(error.__traceback__) if f.filename == inspect.getfile(test))
            what = f"{type(error).__name__}: {error}" if not isinstance(error, AssertionError) else str(error)
            yield f"{value!r:.200}: {what} (line {last.lineno}: {last.line})"
