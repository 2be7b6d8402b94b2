"""groundup_templating.markup: HTML that stays HTML, and escapes what is put into it."""

import markupsafe
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_templating import Markup, Template, escape
from groundup_templating.markup import Attributes, JSONText, escape_html


@settings(deadline=None)
@given(st.text())
def test_escaping_is_that_of_markupsafe(text: str) -> None:
    assert escape_html(text) == str(markupsafe.escape(text))


@settings(deadline=None)
@given(st.text())
def test_escaped_text_reads_back(text: str) -> None:
    if "\r" not in text and "\0" not in text:
        assert escape(text).unescape() == text or "&" in text


def test_html_is_not_escaped_again() -> None:
    assert escape(escape("<")) == "&lt;"
    assert escape(markupsafe.Markup("<b>")) == "<b>"
    assert markupsafe.escape(Markup("<b>")) == "<b>"
    assert Template("{{ x }}").render(x=markupsafe.Markup("<b>")) == "<b>"


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (Markup("<b>") + "<", "<b>&lt;"),
        ("<" + Markup("<b>"), "&lt;<b>"),
        (Markup("<b>") + Markup("<i>"), "<b><i>"),
        (Markup("<b>") * 2, "<b><b>"),
        (Markup("<b>%s") % "<", "<b>&lt;"),
        (Markup("<b>%s%d") % ("<", 3), "<b>&lt;3"),
        (Markup("<b>%(a)s") % {"a": "<"}, "<b>&lt;"),
        (Markup("<b>%.1f") % 2.25, "<b>2.2"),
        (Markup("%(a)d %(b).1f %(c)r") % {"a": 1, "b": 2.5, "c": "<"}, "1 2.5 &#39;&lt;&#39;"),
        (Markup("<b>{}{x}").format("<", x=">"), "<b>&lt;&gt;"),
        (Markup("{:>5}").format("<"), "    &lt;"),
        (Markup("{}").format(Markup("<i>")), "<i>"),
        (Markup("<br>").join(["<", Markup("<i>")]), "&lt;<br><i>"),
        (Markup("a,b").replace(",", "<"), "a&lt;b"),
        (Markup(" <b> ").strip(), "<b>"),
        (Markup("<b>")[1:], "b>"),
        (Markup.escape("<"), "&lt;"),
    ],
    ids=map(str, range(17)),
)
def test_what_is_made_of_html_is_html(made: str, text: str) -> None:
    assert isinstance(made, Markup)
    assert str(made) == text


def test_other_methods_give_text_which_is_escaped_again() -> None:
    assert type(Markup("<b>").lower()) is str
    assert Template("{{ x.swapcase() }}").render(x=Markup("<b>")) == "&lt;B&gt;"


@pytest.mark.parametrize("field", ["{0.__class__}", "{a[b]}", "{0.x}"])
def test_format_reaches_no_attributes(field: str) -> None:
    with pytest.raises(ValueError, match="name or number alone"):
        Markup(field).format("x", a={"b": 1})


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<b>a</b>\n  b", "a b"),
        ("a<!-- <b> -->b", "ab"),
        ("<scr<b>ipt>x", "x"),
        ("a &lt; b", "a < b"),
        ("", ""),
    ],
)
def test_tags_can_be_taken_out(html: str, text: str) -> None:
    assert Markup(html).striptags() == text


def test_repr_says_what_it_is() -> None:
    assert repr(Markup("<b>")) == "Markup('<b>')"
    assert isinstance(JSONText("1"), Markup)
    assert isinstance(Attributes(""), Markup)


@pytest.mark.parametrize("piece", ["<!--", "<", "<>", "<!-- -->", "<a", "&lt"])
def test_tags_are_taken_out_in_linear_time(piece: str) -> None:
    html = Markup(piece * 50_000 + ">" * 50_000)

    assert "<b>" not in html.striptags()
