"""groundup_templating.context_escape: values in the order of the text, and where branches meet."""

import pytest

from groundup_templating import ContextError, Environment, Template


@pytest.mark.parametrize(
    "source",
    [
        '<a {% if x %}href="{% endif %}y">',
        "{% if x %}<b{% endif %}",
        "{% if x %}<!-- {% else %}a{% endif %}",
        "{% if x %}<script>{% elif y %}<style>{% else %}{% endif %}",
        "<scr{% if x %}ipt{% endif %}>",
    ],
)
def test_branches_that_end_in_two_places_are_refused(source: str) -> None:
    with pytest.raises(ContextError, match=r"one ends in .*, another in "):
        Template(source)


@pytest.mark.parametrize(
    "source",
    [
        '{% for i in x %}<a href="{% endfor %}',
        "<script>{% for i in x %}'{% endfor %}</script>",
        "<b {% for i in x %}title='{% endfor %}'>",
    ],
)
def test_a_loop_ends_where_it_begins(source: str) -> None:
    with pytest.raises(ContextError, match="must end where it begins"):
        Template(source)


def test_the_else_of_a_loop_ends_where_the_loop_ends() -> None:
    with pytest.raises(ContextError, match="must end as the loop"):
        Template("{% for i in x %}a{% else %}<b {% endfor %}")


@pytest.mark.parametrize(
    "source", ["<p", "<p title='", "<script>", "<!-- a", "<style>", "<a href="]
)
def test_a_template_ends_in_text(source: str) -> None:
    with pytest.raises(ContextError, match="is a tag or quote not closed"):
        Template(source)


@pytest.mark.parametrize("body", ["<b", "<script>", "<b title='"])
def test_macros_and_values_end_in_text(body: str) -> None:
    for source in ("{% macro m() %}B{% endmacro %}", "{% set m %}B{% endset %}"):
        with pytest.raises(ContextError, match="must end in text"):
            Template(source.replace("B", body))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<option{% if x %} selected{% endif %}>", "<option selected>"),
        ("<b {% if x %}class='a'{% else %}id='b'{% endif %}>", "<b class='a'>"),
        ("<b{% for i in l %} data-a='{{ i }}'{% endfor %}>", "<b data-a='1' data-a='2'>"),
        ("<b title='{% for i in l %}{{ i }} {% endfor %}'>", "<b title='1 2 '>"),
        ("<a href='/p{% if x %}?a={{ x }}{% endif %}&b={{ x }}'>", "<a href='/p?a=a%26&b=a%26'>"),
        ("<a href='{% if x %}/{{ x }}{% endif %}{{ x }}'>", "<a href='/a&amp;a%26'>"),
        (
            "<script>[{% for i in l %}{{ i }},{% endfor %}] / 2</script>",
            "<script>[1,2,] / 2</script>",
        ),
        ("{% if x %}<a href='x'>{% else %}<b>{% endif %}</a>", "<a href='x'></a>"),
    ],
)
def test_branches_and_loops_that_can_meet(source: str, text: str) -> None:
    assert Template(source).render(x="a&", l=[1, 2]) == text


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("{{ x }}", "/"),
        ("{{ x }}a", "/a"),
        ("{{ x }}?", "/?"),
        ("{{ x }}/a", "/.//a"),
        ("{{ x }}{{ x }}", "/.//"),
        ("{% if x %}{{ x }}{% endif %}/", "/.//"),
        ("/{{ y }}", "/"),
        ("/{{ y }}/a", "/.//a"),
        ("/{{ y }}{{ y }}", "/./"),
        ("/{{ x }}/a", "/%2F/a"),
    ],
)
def test_a_value_keeps_its_slash_from_the_next(url: str, written: str) -> None:
    assert Template(f"<a href='{url}'>").render(x="/", y="") == f"<a href='{written}'>"


def test_a_block_may_hold_the_content_of_a_meta() -> None:
    source = "<meta name='description' content='{% block d %}{{ x }}{% endblock %}'>"

    assert Template(source).render(x="<").endswith("content='&lt;'>")
    with pytest.raises(ContextError, match="must stand before"):
        Template(source.replace(">", " http-equiv='refresh'>"))


def test_what_a_block_may_do_to_a_url_is_refused() -> None:
    for start in ("<a href='B{{ x }}'>", "<script src='B{{ x }}'></script>"):
        page = Template(start.replace("B", "{% block b %}{% endblock %}"))
        assert "x" in page.render(x="x")
    with pytest.raises(ContextError, match="must end where it starts"):
        Template("<a href='{% block b %}javascript:{% endblock %}{{ x }}'>").render(x="x")
    with pytest.raises(ContextError, match="must end where it starts"):
        Template("<embed src='{% block b %}//{% endblock %}{{ x }}'>").render(x="x")


def test_safe_is_the_word_of_the_author() -> None:
    source = "{{ x | safe }}<script>{{ x | safe }}</script><p title='{{ x | upper | safe }}'>"

    assert Template(source).render(x="<b>") == "<b><script><b></script><p title='<B>'>"


def test_an_error_of_a_branch_shows_the_branch() -> None:
    with pytest.raises(ContextError) as caught:
        Template("{% if a %}\nx\n{% else %}\n<b \n{% endif %}")

    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("source", "page"),
    [
        pytest.param("<option{{ ' selected' if yes }}>", "<option selected>", id="chosen"),
        pytest.param("<option{{ ' selected' if no }}>", "<option>", id="not-chosen"),
        pytest.param("<option{{ ' a' if no else ' b' }}>", "<option b>", id="one-of-two"),
        pytest.param("<option{{ ' a' if no else '' }}>", "<option>", id="or-nothing"),
        pytest.param("<option{{ ' data-' ~ yes }}>", "<option data-1>", id="joined"),
        pytest.param("<option{{ ' selected' }}>", "<option selected>", id="constant"),
        pytest.param("<ul{{ {'id': 'a b'} | xmlattr }}>", '<ul id="a b">', id="xmlattr"),
        pytest.param("<ul{{ {} | xmlattr }}>", "<ul>", id="no-attributes"),
        pytest.param("<b c{{ ' d' if yes }}>", "<b c d>", id="behind-a-name"),
        pytest.param("<b c='d'{{ ' e' if yes }}>", "<b c='d' e>", id="behind-a-quote"),
        pytest.param("<b c={{ yes }}{{ ' d' if yes }}>", "<b c=1 d>", id="behind-a-value"),
        pytest.param("<b data-c{{ ' d' if yes }}>", "<b data-c d>", id="behind-a-data-name"),
        pytest.param(
            "<b{{ ' c' if yes }}{{ ' d' if no }} e='{{ yes }}'>", "<b c e='1'>", id="several"
        ),
        pytest.param(
            "<b{% if yes %} c{% endif %}{{ ' d' if yes }}>", "<b c d>", id="behind-a-branch"
        ),
        pytest.param("<b {{ 'c' if yes }} {{ 'd' if yes }}>", "<b c d>", id="with-spaces"),
        pytest.param("<b {{ 'c' if yes }} {{ 'd' if no }}>", "<b c >", id="second-is-empty"),
        pytest.param("<b {{ 'c' if yes }} {{ 'd' if no }} e='f'>", "<b c  e='f'>", id="then-more"),
    ],
)
def test_attributes_that_are_there_or_not(source: str, page: str) -> None:
    assert Template(source).render(yes=1, no=0) == page


@pytest.mark.parametrize(
    "source",
    [
        "<b{{ ' onclick' if x }}>",
        "<b{{ ' ' ~ x }}>",
        "<script{{ ' src' if x }}></script>",
        "<b {{ 'a' }} {{ x }}>",
        "<b a{{ ' style' if x }}>",
        "<b{{ ' a=b' if x }}>",
    ],
)
def test_attributes_from_values_are_harmless(source: str) -> None:
    with pytest.raises(ContextError, match="harmless"):
        Template(source).render(x="onclick=alert(1)")


def test_a_filter_that_says_to_be_xmlattr_cannot_change_the_name_of_a_tag() -> None:
    environment = Environment()

    @environment.filter("xmlattr")
    def cheat(_: object) -> str:
        return "cript"

    assert environment.from_string("<s{{ x | xmlattr }}>").render(x=1) == f"<s {cheat(1)}>"
