"""groundup_templating.environment: shared by many templates, threads and tasks."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from groundup_templating import (
    DictLoader,
    Environment,
    LenientUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from groundup_templating.environment import CACHED_TEMPLATES, default_environment


def test_templates_are_compiled_once() -> None:
    environment = Environment(DictLoader({"a.html": "a"}))

    assert environment.get_template("a.html") is environment.get_template("a.html")


def test_changes_are_seen_only_when_asked_for() -> None:
    texts = {"a.html": "1"}
    once = Environment(DictLoader(texts))
    always = Environment(DictLoader(texts), auto_reload=True)

    assert (once.render("a.html"), always.render("a.html")) == ("1", "1")
    texts["a.html"] = "2"
    assert (once.render("a.html"), always.render("a.html")) == ("1", "2")
    assert always.get_template("a.html") is always.get_template("a.html")


def test_changed_parts_of_a_page_are_seen(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("[{% include 'part.html' %}]", encoding="utf-8")
    (tmp_path / "part.html").write_text("1", encoding="utf-8")
    environment = Environment(str(tmp_path), auto_reload=True)

    assert environment.render("page.html") == "[1]"
    (tmp_path / "part.html").write_text("two", encoding="utf-8")
    assert environment.render("page.html") == "[two]"


def test_the_cache_has_a_size() -> None:
    texts = {f"{number}.html": "x" for number in range(CACHED_TEMPLATES + 1)}
    environment = Environment(DictLoader(texts))
    first = environment.get_template("0.html")

    for name in texts:
        environment.get_template(name)

    assert environment.get_template("0.html") is not first


def test_names_come_from_globals_context_and_keywords() -> None:
    environment = Environment(
        DictLoader({"a.html": "{{ a }}{{ b }}{{ c }}"}), globals={"a": 1, "b": 1}
    )

    assert environment.render("a.html", {"b": 2, "c": 2}, c=3) == "123"
    environment.add_global("c", 9)
    assert environment.render("a.html") == "119"


def test_the_context_is_never_changed() -> None:
    context = {"a": 1}

    Template("{% set a = 2 %}{% set b = 3 %}").render(context)

    assert context == {"a": 1}


def twice(number: int) -> int:
    return number * 2


def is_big(number: int, limit: int = 5) -> bool:
    return number > limit


def is_small(number: int) -> bool:
    return number < 2


def test_own_filters_and_tests() -> None:
    environment = Environment(filters={"twice": twice}, tests={"big": is_big})

    @environment.filter
    def shout(text: str, end: str = "!") -> str:
        return text.upper() + end

    @environment.filter("text.last")
    def last_letter(text: str) -> str:
        return text[-1]

    environment.add_test("small", is_small)
    source = (
        "{{ 2|twice }}{{ 'a'|shout }}{{ 'a'|shout(end='?') }}{{ 'ab'|text.last }}"
        "{{ 9 is big }}{{ 9 is big(10) }}{{ 1 is small }}"
    )

    assert environment.from_string(source).render() == "4A!A?bTrueFalseTrue"
    assert shout("a") == "A!"
    assert last_letter("ab") == "b"


@pytest.mark.parametrize("name", ["", "a b", "a.", "1a"])
def test_filters_have_names(name: str) -> None:
    with pytest.raises(TemplateError, match="named by a word"):
        Environment().add_filter(name, str)


def test_filters_are_functions() -> None:
    wrong: Any = 3
    with pytest.raises(TemplateError, match="must be a function"):
        Environment().add_test("a", wrong)


def test_unknown_filters_and_tests_are_found_when_compiled() -> None:
    with pytest.raises(TemplateSyntaxError, match="unknown filter 'uper': did you mean 'upper'"):
        Template("{% if false %}{{ x|uper }}{% endif %}")
    with pytest.raises(TemplateSyntaxError, match="unknown test 'definde': did you mean 'defined'"):
        Template("{{ x is definde }}")


def test_without_a_loader_there_are_no_templates() -> None:
    with pytest.raises(TemplateNotFound, match="no loader"):
        Environment().render("a.html", {})


def test_undefined_can_be_chosen() -> None:
    assert Environment(undefined=LenientUndefined).from_string("[{{ x }}]").render() == "[]"


def test_templates_without_environment_share_one() -> None:
    assert Template("a").environment is Template("b").environment is default_environment()


def test_many_threads_render_one_template() -> None:
    environment = Environment(
        DictLoader(
            {
                "a.html": "{% for i in r %}{{ x }}{% include 'b.html' %}{% endfor %}",
                "b.html": "{{ x }}",
            }
        )
    )

    def work(number: int) -> bool:
        return environment.render("a.html", {"x": number, "r": range(50)}) == str(number) * 100

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(200)))
