"""groundup_messages.jsonport: whichever encoder is there, a program behaves the same."""

import json
import subprocess
import sys
import threading
import tomllib
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, EnumMeta, Flag, IntEnum, IntFlag, StrEnum
from http import HTTPStatus
from math import inf, nan
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_messages import Response, use_json_encoder
from groundup_messages import jsonport as module
from groundup_messages.content import Encoder, make_encode
from groundup_messages.jsonport import encode_json, find_encoder, port

standard = make_encode()


@pytest.fixture(autouse=True)
def choose_again() -> Iterator[None]:
    yield
    use_json_encoder(None)


# -- what can be in a value ------------------------------------------------------------------


class Colour(Enum):
    RED = "#f00"
    NONE = None
    NAN = nan
    PAIR = (1, None)

    def to_json(self) -> Any:
        return "never: an enum is its value"


class Size(IntEnum):
    BIG = 3


class Kind(StrEnum):
    POST = "post"


class Access(Flag):
    READ = 1
    WRITE = 2


class Bits(IntFlag):
    ONE = 1


class Day(date, Enum):
    FIRST = 2000, 1, 1


class Labelled(EnumMeta):
    """Other frameworks make their enums by a class like this; orjson does not know it."""


class Choice(str, Enum, metaclass=Labelled):  # noqa: UP042 - as they were made before StrEnum
    YES = "y"


class Text(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "never: the text itself is written"


class Number(int):
    pass


class Measure(float):
    pass


class Items(list[Any]):
    def __iter__(self) -> Iterator[Any]:
        return reversed(self)


class Table(dict[str, Any]):
    pass


class Pair(NamedTuple):
    x: Any
    y: Any


@dataclass
class Point:
    x: Any
    _y: Any = None


@dataclass(frozen=True, slots=True)
class Slotted:
    x: Any


class Own:
    def __init__(self, value: Any) -> None:
        self.value = value

    def to_json(self) -> Any:
        return self.value


class Broken:
    def to_json(self) -> Any:
        raise LookupError("no such row")


class Selfish:
    def to_json(self) -> Any:
        return self


NOWHERE = timezone(timedelta(hours=1, seconds=7))
TEXTS = st.text(max_size=5) | st.sampled_from(["null", "\ud800", "a\udfffb", "\x00\x7f\u2028"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1])
    | st.just(5000).map(lambda digits: 10**digits)  # more digits than Python writes
    | st.floats()
    | TEXTS
    | st.dates()
    | st.datetimes(timezones=st.none() | st.just(UTC) | st.just(NOWHERE))
    | st.times()
    | st.uuids()
    | st.sampled_from([*Colour, *Access, Size.BIG, Kind.POST, Bits.ONE, Choice.YES, HTTPStatus.OK])
    | TEXTS.map(Text)
    | st.integers().map(Number)
    | st.floats().map(Measure)
)
# Values that nothing has a word for, so that all of a value is refused, are rare.
REFUSED = st.sampled_from([object(), {1}, b"x", Decimal(1), 1j, Point, Broken(), Selfish()])
KEYS = TEXTS | TEXTS.map(Text) | st.none() | st.booleans() | st.integers() | st.floats()


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    texts = st.dictionaries(TEXTS, inner, max_size=3)
    items = st.lists(inner, max_size=3)
    return (
        texts
        | items
        | items.map(tuple)
        | items.map(Items)
        | texts.map(Table)
        | texts.map(OrderedDict)
        | texts.map(lambda value: defaultdict(list, value))
        | texts.map(MappingProxyType)
        | st.dictionaries(KEYS, inner, max_size=2)
        | st.builds(Pair, inner, inner)
        | st.builds(Point, inner, inner)
        | st.builds(Slotted, inner)
        | st.builds(Own, inner)
        | st.tuples(st.integers(100, 300), inner).map(lambda pair: nest(*pair))
    )


def nest(depth: int, value: Any) -> Any:
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


VALUES = st.recursive(SCALARS, containers, max_leaves=12) | st.recursive(
    SCALARS | REFUSED, containers, max_leaves=6
)


def outcome_of(encode: Encoder, value: Any) -> Any:
    """Return what can be read of what was written, or how it was refused."""
    try:
        return json.loads(encode(value))
    except Exception as error:  # noqa: BLE001 - that both are the same one is what is tested
        return type(error), str(error)


def in_dict(value: Any) -> dict[str, Any]:
    return {"a": value}


def circle_through(wrap: Callable[[list[Any]], Any]) -> list[Any]:
    circle: list[Any] = []
    circle.append(wrap([circle]))
    return circle


# -- both ways are one -----------------------------------------------------------------------


@settings(deadline=None, max_examples=300)
@given(VALUES)
def test_what_is_installed_changes_nothing(value: Any) -> None:
    assert outcome_of(encode_json, value) == outcome_of(standard, value)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"name": "Zoë", "n": [1, None, True, 2.5, "null"]}, id="plain"),
        pytest.param({"born": date(2000, 1, 1), "at": time(3, 4, tzinfo=NOWHERE)}, id="dates"),
        pytest.param([datetime(1, 1, 1, 3, 4, 5, 6, UTC), UUID(int=1)], id="time-and-uuid"),
        pytest.param([Colour.RED, Colour.PAIR, *Access, Bits.ONE, Choice.YES], id="enums"),
        pytest.param(
            [Kind.POST, Size.BIG, HTTPStatus.OK, Day.FIRST],
            id="enums-of-text-and-numbers",
        ),
        pytest.param({Kind.POST: 1, Text("a"): 2, None: 3, 4: 5}, id="keys"),
        pytest.param([Text("a"), Number(2), Measure(0.5), Items("ab")], id="subclasses"),
        pytest.param([Pair(1, 2), Table(a=None), Counter("ab")], id="subclasses-that-hold-more"),
        pytest.param(Point(1, Slotted(Own({"a": None}))), id="objects"),
        pytest.param([2**64 - 1, 2**64, -(2**63) - 1], id="long-numbers"),
        pytest.param("\ud800", id="lone-surrogate"),
        pytest.param('\x00\x1f\x7f\u2028"\\/\t', id="escapes"),
        pytest.param(nest(253, None), id="as-deep-as-orjson-goes"),
        pytest.param(nest(256, None), id="deeper"),
    ],
)
def test_the_text_is_the_same(value: Any) -> None:
    assert encode_json(value) == standard(value)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"a": None, "b": "null", "c": [(1.5, None), {"d": 1}]}, id="null"),
        pytest.param([Text("a"), Number(2), Measure(0.5), Choice.YES], id="subclasses"),
        pytest.param([Items([None]), Pair(1, None), Table(a=None)], id="subclasses-that-hold-more"),
        pytest.param([date(2000, 1, 1), UUID(int=1), Colour.PAIR, None], id="spelled"),
        pytest.param(Point(1, Slotted(Own({"a": None}))), id="objects"),
    ],
)
def test_what_orjson_can_write_is_not_written_twice(value: Any) -> None:
    def fail(value: Any) -> bytes:
        raise AssertionError(f"orjson can write {value!r}")

    encode = module._make_fast_encode(pytest.importorskip("orjson"), fail)

    assert encode(value) == standard(value)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(nan, id="alone"),
        pytest.param([None, {"a": (1.5, inf)}], id="inside"),
        pytest.param({"a": {"b": -inf}}, id="minus"),
        pytest.param(Colour.NAN, id="enum"),
        pytest.param(Measure(nan), id="subclass"),
        pytest.param([Point(Own(Pair(1, nan)))], id="objects"),
        pytest.param(Items([Table(a=nan)]), id="subclasses"),
    ],
)
def test_nan_is_refused_and_never_null(value: Any) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode_json(value)


@pytest.mark.parametrize(
    "wrap",
    [
        pytest.param(list[Any], id="list"),
        pytest.param(tuple[Any], id="tuple"),
        pytest.param(in_dict, id="dict"),
        pytest.param(Own, id="object"),
    ],
)
def test_a_circle_is_refused_in_words(wrap: Callable[[list[Any]], Any]) -> None:
    with pytest.raises(ValueError, match="Circular"):
        encode_json(circle_through(wrap))


def test_no_depth_ends_the_process() -> None:
    deep: Any = ()
    for _ in range(100_000):
        deep = (deep,)

    with pytest.raises(RecursionError):
        encode_json(deep)


def test_an_error_is_ours_alone() -> None:
    with pytest.raises(TypeError, match=r"JSON has no deque: give it a to_json\(\)") as caught:
        encode_json([deque([1])])

    assert caught.value.__context__ is None


def test_an_error_of_a_value_stays_what_it_is() -> None:
    with pytest.raises(LookupError, match="no such row"):
        encode_json({"rows": [Broken()]})


def test_an_interruption_is_no_refusal() -> None:
    calls: list[None] = []

    class Slow:
        def to_json(self) -> Any:
            calls.append(None)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encode_json([Slow()])

    assert len(calls) == 1


# -- which one is chosen ---------------------------------------------------------------------


def write_a_float(*_: object) -> bytes:
    return b"1e-7"


def uses_orjson(encode: Encoder) -> bool:
    """Return whether an encoder spells floats as orjson does."""
    return encode(1e-7) == b"1e-7"


def test_orjson_is_used_where_it_is_installed() -> None:
    orjson: Any = pytest.importorskip("orjson")

    assert uses_orjson(find_encoder()) == module._is_usable(orjson.__version__)


def test_the_standard_library_is_used_where_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "orjson", None)

    assert not uses_orjson(find_encoder())


def test_free_threads_are_worth_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
    monkeypatch.setattr(module, "import_module", None)  # nothing is imported

    assert not uses_orjson(find_encoder())


@pytest.mark.parametrize(
    ("version", "usable"),
    [
        pytest.param("3.9.15", False, id="old"),
        pytest.param("3.11.4", False, id="uses-up-the-stack"),
        pytest.param("3.11.5", True, id="first"),
        pytest.param("3.11.10", True, id="two-digits"),
        pytest.param("3.12.0", False, id="counts-no-tuples"),
        pytest.param("3.13.0", False, id="nor-does-this"),
        pytest.param("", False, id="none"),
    ],
)
def test_only_versions_that_are_known_to_be_safe_are_used(
    version: str, usable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = dict.fromkeys(
        (f"OPT_PASSTHROUGH_{what}" for what in ("DATACLASS", "DATETIME", "SUBCLASS")), 0
    )
    found = SimpleNamespace(__version__=version, dumps=write_a_float, **options)
    monkeypatch.setitem(sys.modules, "orjson", found)

    assert uses_orjson(find_encoder()) is usable


def test_the_extra_names_what_is_looked_for() -> None:
    text = (Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8")
    since, before = (".".join(map(str, version)) for version in (module.SINCE, module.BEFORE))

    (line,) = tomllib.loads(text)["project"]["optional-dependencies"]["fast"]

    assert line == f"orjson>={since},<{before}"


def test_nothing_is_imported_before_the_first_value() -> None:
    program = """if True:
        import sys
        import groundup_messages
        assert "orjson" not in sys.modules
        assert groundup_messages.Response.json([1]).body == b"[1]"
    """

    subprocess.run([sys.executable, "-c", program], check=True)


def test_it_is_chosen_once() -> None:
    encode_json(1)
    chosen = port.encode
    encode_json(2)

    assert port.encode is chosen is not module._encode_first


def test_what_waited_for_another_thread_s_choice_uses_it() -> None:
    use_json_encoder(lambda _: b"mine")

    assert module._encode_first(1) == b"mine"


def test_a_first_value_never_replaces_what_a_program_sets_meanwhile() -> None:
    waiting, go_on = threading.Event(), threading.Event()
    texts: list[bytes] = []

    def take_the_lock() -> None:
        with module._choosing:
            waiting.set()
            go_on.wait()
            use_json_encoder(lambda _: b"mine")

    holder = threading.Thread(target=take_the_lock)
    first = threading.Thread(target=lambda: texts.append(module._encode_first(1)))
    holder.start()
    waiting.wait()
    first.start()
    go_on.set()
    first.join()
    holder.join()

    assert texts == [b"mine"]


# -- one set by hand -------------------------------------------------------------------------


def test_another_encoder_can_be_set() -> None:
    use_json_encoder(lambda value: json.dumps(value, indent=1).encode())

    assert Response.json([1]).text == "[\n 1\n]"


def test_none_chooses_again() -> None:
    use_json_encoder(lambda _: b"mine")
    use_json_encoder(None)

    assert encode_json([1]) == b"[1]"


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        pytest.param("orjson", "function or None, got 'orjson'", id="name"),
        pytest.param(json.dumps, r"return bytes, got str: call \.encode\(\)", id="text"),
    ],
)
def test_what_is_no_encoder_is_refused_when_it_is_set(encoder: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        use_json_encoder(encoder)

    assert encode_json([1]) == b"[1]"


def test_msgspec_can_be_set_and_spells_in_its_own_way() -> None:
    msgspec: Any = pytest.importorskip("msgspec")
    value = [datetime(2000, 1, 1, tzinfo=UTC), b"a", {1}, Decimal(1), nan]

    use_json_encoder(msgspec.json.Encoder(enc_hook=Own.to_json).encode)

    assert encode_json(value) == b'["2000-01-01T00:00:00Z","YQ==",[1],"1",null]'
    assert encode_json([Own(1)]) == b"[1]"
