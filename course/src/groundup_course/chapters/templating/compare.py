"""The same small templates in the words of five engines, each as it is without options.

An answer is what was written; ``made:`` and ``shown:`` say that the template was refused, when it
was made or when it was rendered, and whether the message has the line.
"""

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from types import SimpleNamespace
from typing import Any, NamedTuple

CASES = {
    "text": "`<p>{{ x }}</p>` with `<b>`",
    "attribute": '`<p title="{{ x }}">` with `" onclick="a()`',
    "unquoted": "`<p title={{ x }}>` with `a onclick=b()`",
    "link": '`<a href="{{ x }}">` with `javascript:a()`',
    "script": "`<script>v = {{ x }}</script>` with `</script>`",
    "safe": "`{{ x | safe }}` with `<b>`",
    "filter-and-escape": "`{{ x | uppercase }}` with `<b>`",
    "braces": "`{{ x }}` with `{{ y }}${y}`",
    "missing": "`{{ x }}` and no x",
    "missing-item": "`{{ x.y }}`, and x has no y",
    "missing-condition": "`{% if x %}a{% else %}b` and no x",
    "item-or-method": "`{{ x.items }}` with the item `items` in a dictionary",
    "class": "`{{ x.__class__.__mro__ }}`",
    "call": "`{{ x.delete }}`, a method: is it called?",
    "unknown-filter": "`{{ x | uppercaes }}` in a condition that is false",
    "unclosed": "a loop in line 2 that is never closed",
    "lone-tag": "a loop whose tags are alone in their lines",
    "after-loop": "`{{ x }}` after a loop whose variable is x; x was 9",
    "none": "`{{ x }}` with None",
}

WORSE = {
    "none": "Chameleon writes nothing for None, which is what most people want to see",
    "missing-condition": (
        "Jinja and Django take a missing name for false, and many templates count on it; ours wants"
        " `{% if x is defined %}`, or `undefined=LenientUndefined`"
    ),
}


class Account:
    """A value with a method that should not be called by looking at it."""

    def __init__(self) -> None:
        self.gone = False

    def delete(self) -> str:
        """Note that it was called."""
        self.gone = True
        return "gone"


class Case(NamedTuple):
    """A template in each language, and its names."""

    ours: str
    mako: str
    chameleon: str
    names: Mapping[str, Any] = {}


LOOP = {"xs": [1, 2], "x": 9}
TEMPLATES = {
    "text": Case("<p>{{ x }}</p>", "<p>${x}</p>", "<p>${x}</p>", {"x": "<b>"}),
    "attribute": Case(
        '<p title="{{ x }}">', '<p title="${x}">', '<p title="${x}"/>', {"x": '" onclick="a()'}
    ),
    "unquoted": Case(
        "<p title={{ x }}>", "<p title=${x}>", "<p title=${x}></p>", {"x": "a onclick=b()"}
    ),
    "link": Case(
        '<a href="{{ x }}">', '<a href="${x}">', '<a href="${x}"/>', {"x": "javascript:a()"}
    ),
    "script": Case(
        "<script>v = {{ x }}</script>",
        "<script>v = ${x}</script>",
        "<script>v = ${x}</script>",
        {"x": "</script>"},
    ),
    "safe": Case("{{ x | safe }}", "${x | n}", "${structure: x}", {"x": "<b>"}),
    "filter-and-escape": Case("{{ x | upper }}", "${x.upper()}", "${x.upper()}", {"x": "<b>"}),
    "braces": Case("{{ x }}", "${x}", "${x}", {"x": "{{ y }}${y}", "y": 1}),
    "missing": Case("{{ x }}", "${x}", "${x}"),
    "missing-item": Case("{{ x.y }}", "${x.y}", "${x.y}", {"x": SimpleNamespace(z=1)}),
    "missing-condition": Case(
        "{% if x %}a{% else %}b{% endif %}",
        "% if x:\na\n% else:\nb\n% endif\n",
        '<i tal:condition="x" tal:replace="\'a\'"/><i tal:condition="not x" tal:replace="\'b\'"/>',
    ),
    "item-or-method": Case("{{ x.items }}", "${x.items}", "${x.items}", {"x": {"items": 5}}),
    "class": Case(
        "{{ x.__class__.__mro__ }}", "${x.__class__.__mro__}", "${x.__class__.__mro__}", {"x": 1}
    ),
    "call": Case("{{ x.delete }}", "${x.delete}", "${x.delete}"),
    "unknown-filter": Case(
        "{% if no %}{{ x | uppercaes }}{% endif %}",
        "% if no:\n${x | uppercaes}\n% endif\n",
        '<i tal:condition="no">${uppercaes: x}</i>',
        {"no": False, "x": 1},
    ),
    "unclosed": Case(
        "a\n{% for x in xs %}\nb", "a\n% for x in xs:\nb\n", 'a\n<i tal:repeat="x xs">\nb', LOOP
    ),
    "lone-tag": Case(
        "<ul>\n  {% for x in xs %}\n    <li>\n  {% endfor %}\n</ul>",
        "<ul>\n  % for x in xs:\n    <li>\n  % endfor\n</ul>",
        '<ul>\n  <tal:l repeat="x xs">\n    <li/>\n  </tal:l>\n</ul>',
        LOOP,
    ),
    "after-loop": Case(
        "{% for x in xs %}{% endfor %}{{ x }}",
        "% for x in xs:\n% endfor\n${x}",
        '<i tal:repeat="x xs"></i>${x}',
        LOOP,
    ),
    "none": Case("{{ x }}", "${x}", "${x}", {"x": None}),
}

Make = Callable[[Case], Callable[[Mapping[str, Any]], str]]


def answer(make: Make) -> Callable[[str], str]:
    """Return what answers the cases with an engine."""

    def ask(name: str) -> str:
        case = TEMPLATES[name]
        account = Account()
        names = {"x": account} if name == "call" else case.names
        try:
            render = make(case)
        except Exception as error:  # noqa: BLE001 - each engine has errors of its own
            return f"made: {tell(error)}"
        try:
            page = render(names)
        except Exception as error:  # noqa: BLE001 - as above
            return f"shown: {tell(error)}"
        if name == "call":
            return "called" if account.gone else "not called"
        return shorten(page)

    return ask


def tell(error: Exception) -> str:
    """Return the kind of an error, and the line that it names."""
    line = getattr(error, "line", None) or getattr(error, "lineno", None)
    found = re.search(r"[Ll]ine:? *(\d+)|line (\d+)", str(error))
    number = line or (found and (found[1] or found[2]))
    return type(error).__name__ + (f", line {number}" if number else "")


def shorten(page: str) -> str:
    """Return a page as it stands in a table."""
    if "method" in page:
        return "the method"
    if "class" in page:
        return "the classes"
    return page.replace("\n", "\\n") or "(nothing)"


def ours(case: Case) -> Callable[[Mapping[str, Any]], str]:
    """Make a template of the package."""
    package: Any = import_module("groundup_templating")
    render: Callable[[Mapping[str, Any]], str] = package.Template(case.ours).render
    return render


def jinja(case: Case) -> Callable[[Mapping[str, Any]], str]:
    """Make a template of Jinja, with autoescape, as Flask and Starlette set it."""
    package: Any = import_module("jinja2")
    template = package.Environment(autoescape=True).from_string(case.ours)
    return lambda names: str(template.render(**names))


def django(case: Case) -> Callable[[Mapping[str, Any]], str]:
    """Make a template of Django."""
    settings: Any = import_module("django.conf").settings
    if not settings.configured:
        settings.configure(ROOT_URLCONF="none")
    import_module("django").setup()
    package: Any = import_module("django.template")
    template = package.Engine().from_string(case.ours)
    return lambda names: str(template.render(package.Context(dict(names))))


def mako(case: Case) -> Callable[[Mapping[str, Any]], str]:
    """Make a template of Mako, which escapes nothing unless it is told to."""
    package: Any = import_module("mako.template")
    template = package.Template(case.mako)
    return lambda names: str(template.render(**names))


def chameleon(case: Case) -> Callable[[Mapping[str, Any]], str]:
    """Make a template of Chameleon, whose language is attributes of the page."""
    package: Any = import_module("chameleon")
    template = package.PageTemplate(case.chameleon)
    return lambda names: str(template(**names))


ANSWERS = {
    "groundup": answer(ours),
    "Jinja": answer(jinja),
    "Django": answer(django),
    "Mako": answer(mako),
    "Chameleon": answer(chameleon),
}

PACKAGES = {
    "groundup": "groundup-templating",
    "Jinja": "jinja2",
    "Django": "django",
    "Mako": "mako",
    "Chameleon": "chameleon",
}
