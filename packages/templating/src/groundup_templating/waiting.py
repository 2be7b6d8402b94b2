"""What the coroutines of templates call: wait for values, and pause where a part is ready.

    render_async    awaits the coroutine of the template to its end
    stream_async    takes what is ready at each pause, hands it out, and goes on
    stream          the same, for templates in which nothing has to be waited for

A pause is an awaitable that reaches the loop below instead of the event loop: the coroutine of the
template is driven by hand, and what it yields otherwise is passed on to whoever drives us.  So no
task and no queue is needed, and a page that nobody reads any more is not rendered to its end.
"""

import time
from collections.abc import AsyncGenerator, Coroutine, Generator
from functools import partial
from types import coroutine
from typing import Any

from groundup_templating.errors import LimitError, TemplateError
from groundup_templating.runtime import Output, Run, Stream
from groundup_templating.sandbox import MAX_ITEMS

__all__ = ["awaited", "drive", "drive_async", "listed", "must_wait", "pause"]

PAUSE = object()


async def awaited(value: Any) -> Any:
    """Return a value, or what it gives when it is awaited."""
    return await value if hasattr(value, "__await__") else value


async def listed(value: Any) -> Any:
    """Return what a loop can go over: of an async iterator, a list of its items."""
    value = await awaited(value)
    if not hasattr(value, "__aiter__"):
        return value
    items: list[Any] = []
    async for item in value:
        items.append(item)
        if len(items) > MAX_ITEMS:
            raise LimitError(f"a list must have at most {MAX_ITEMS} items")
    return items


def must_wait(kind: str, name: str) -> Any:
    """Refuse an async filter or test in a template that is rendered without waiting."""
    raise TemplateError(f"the {kind} {name!r} is async: render with render_async or stream_async")


async def pause(run: Run, out: Output) -> None:
    """Let the text be taken away if it is one that is taken away, and enough."""
    run.settle(out)
    if isinstance(out, Stream) and out.ready:
        await _yield(PAUSE)


@coroutine
def _yield(value: Any) -> Generator[Any, Any, Any]:
    """Hand something to the loop that drives the coroutine."""
    return (yield value)


def drive(body: Coroutine[Any, Any, None], run: Run, out: Stream) -> Generator[str, None, None]:
    """Run the coroutine of a template, and yield what is ready at each of its pauses."""
    try:
        while True:
            try:
                yielded = body.send(None)
            except StopIteration:
                break
            if yielded is not PAUSE:
                raise TemplateError("a value must be waited for: use stream_async")
            since = time.monotonic()
            yield out.take()
            run.rest(time.monotonic() - since)
    finally:
        body.close()
    yield run.finish(out)


async def drive_async(
    body: Coroutine[Any, Any, None], run: Run, out: Stream
) -> AsyncGenerator[str, None]:
    """Run the coroutine of a template, and yield what is ready at each of its pauses."""
    step = partial(body.send, None)
    try:
        while True:
            try:
                yielded = step()
            except StopIteration:
                break
            since = time.monotonic()
            step = partial(body.send, None)
            if yielded is PAUSE:
                yield out.take()
            else:
                try:
                    step = partial(body.send, await _yield(yielded))
                except BaseException as error:  # noqa: BLE001 - thrown where it belongs
                    step = partial(body.throw, error)
            # The time of others is not the template's: of a database, or of a slow reader.
            run.rest(time.monotonic() - since)
    finally:
        body.close()
    yield run.finish(out)
