"""groundup_templating.script_state: strings, comments, and what a slash begins."""

import pytest

from groundup_templating.context import Context, Language, Part, Slash, State
from groundup_templating.script_state import MAX_LITERALS, advance_script

START = Context(State.RAW, "script", language=Language.SCRIPT)


def after(text: str) -> Context:
    return advance_script(START, text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("f(", Part.CODE),
        ("'a", Part.SINGLE),
        ('"a', Part.DOUBLE),
        ("'a\\'", Part.SINGLE),
        ("'a\\\nb", Part.SINGLE),
        ("'a\\\\'", Part.CODE),
        ("'a\nb", Part.LOST),
        ("'a\\", Part.LOST),
        ("// a", Part.LINE_COMMENT),
        ("// a\n", Part.CODE),
        ("// a\u2028", Part.CODE),
        ("<!-- a", Part.LINE_COMMENT),
        ("--> a", Part.LINE_COMMENT),
        ("x-->0; 'a", Part.SINGLE),
        ("x\n  --> a", Part.LINE_COMMENT),
        ("/* a", Part.BLOCK_COMMENT),
        ("/* ' */", Part.CODE),
        ("/a", Part.REGEX),
        ("/a[/", Part.REGEX_CLASS),
        ("/a[/]/", Part.CODE),
        ("/a\\/", Part.REGEX),
        ("/a\n", Part.LOST),
        ("x = /'/", Part.CODE),
        ("return /'/", Part.CODE),
        ("x / 2 + '", Part.SINGLE),
        ("(x) / 2 + '", Part.SINGLE),
        ("x[1] / 2 + '", Part.SINGLE),
        ("x++ / 2 + '", Part.SINGLE),
        ("a / b / '", Part.SINGLE),
        ("if (a) { b } /'", Part.LOST),
        ("`a", Part.BACKTICK),
        ("`a${", Part.CODE),
        ("`a${b", Part.CODE),
        ("`a${b}", Part.BACKTICK),
        ("`a${ {b: {}} }", Part.BACKTICK),
        ("`a${ `b${c}` }", Part.BACKTICK),
        ("`a${ `b${c}` }`", Part.CODE),
        ("`a\\`", Part.BACKTICK),
        ("`a\\${", Part.BACKTICK),
    ],
)
def test_parts(text: str, part: Part) -> None:
    assert after(text).part is part


@pytest.mark.parametrize(
    ("text", "slash"),
    [
        ("", Slash.REGEX),
        ("a", Slash.DIVISION),
        ("a ", Slash.DIVISION),
        ("a +", Slash.REGEX),
        ("1", Slash.DIVISION),
        ("return", Slash.REGEX),
        ("returned", Slash.DIVISION),
        ("$x", Slash.DIVISION),
        ("'a'", Slash.DIVISION),
        ("/a/", Slash.DIVISION),
        ("{", Slash.REGEX),
        ("}", Slash.UNKNOWN),
    ],
)
def test_what_a_slash_would_begin(text: str, slash: Slash) -> None:
    assert after(text).slash is slash


def test_template_literals_nest_up_to_a_limit() -> None:
    assert after("`${" * MAX_LITERALS).part is Part.CODE
    assert after("`${" * (MAX_LITERALS + 1)).part is Part.LOST


def test_what_is_lost_stays_lost() -> None:
    assert after("'a\n'; x = 1").part is Part.LOST


@pytest.mark.parametrize("text", ["f('a', `b${c}d`) / 2", "x = /[/]/; // y\nz", "/* a */ 'b'"])
def test_text_may_be_split_between_words(text: str) -> None:
    for size in [place for place, letter in enumerate(text) if letter == " "]:
        assert advance_script(after(text[:size]), text[size:]) == after(text)


def test_an_arrow_after_a_value_is_no_comment() -> None:
    assert advance_script(after("x")._replace(slash=Slash.DIVISION), "-->0; 'a").part is Part.SINGLE


@pytest.mark.parametrize("piece", ["x-->", "/* ", "`${", "{", "a/b ", "<!--", "'\\"])
def test_long_scripts_take_linear_time(piece: str) -> None:
    assert after(piece * 30_000)
