"""The tests of chapter 6, in the order of the milestones.

A template may be refused when it is made or when it is rendered: both count.  What the part itself
calls a mistake is compared like any other answer, so a `TemplateError` can stand behind *got*.
"""

import html
from collections.abc import Mapping
from itertools import product
from types import SimpleNamespace
from typing import Any

from groundup_course import Trial

Context = Mapping[str, Any]
# Each wraps a template that is given and one that must not be seen, and says how often it is seen.
BLOCKS = {
    "if": ("{{% if yes %}}{0}{{% else %}}{1}{{% endif %}}", 1),
    "else": ("{{% if no %}}{1}{{% else %}}{0}{{% endif %}}", 1),
    "not": ("{{% if not no %}}{0}{{% endif %}}", 1),
    "for": ("{{% for each in two %}}{0}{{% endfor %}}", 2),
}
NESTED = {"yes": True, "no": False, "two": [1, 2]}


def render(part: Any, t: Trial, source: str, context: Context) -> Any:
    """Return the page of a template, or the TemplateError that the part raised."""

    def run() -> Any:
        try:
            return part.Template(source).render(context)
        except part.TemplateError as error:
            return error

    shown = repr(context).replace("namespace(", "SimpleNamespace(")
    t.did(f"Template({source!r}).render({shown})")
    return t.guard(run, "rendering it")


def gives(part: Any, t: Trial, source: str, context: Context, want: str) -> None:
    """Check what becomes of a template."""
    t.same(render(part, t, source, context), want)


def refuses(part: Any, t: Trial, source: str, context: Context, line: int) -> None:
    """Check that a template is refused, and that the error knows the line."""
    error = render(part, t, source, context)
    t.holds(isinstance(error, part.TemplateError), f"a TemplateError in line {line}", error)
    t.same(getattr(error, "line", None), line, "the line where the mistake is")


def word(t: Trial) -> str:
    """Return a random word."""
    return "".join(t.rng.choices("abcdefghijklmnopqrstuvwxyz", k=6))


def m1_text(part: Any, t: Trial) -> None:
    """Text outside of tags is written as it is, single braces and white space included."""
    text = f"  body {{ color: {word(t)} }}\n\n}} }}}} %}} <p>50 %</p>\t\n "
    gives(part, t, text, {}, text)


def m1_value(part: Any, t: Trial) -> None:
    """`{{ name }}` becomes the value of the name as text, with or without spaces inside."""
    name, number = word(t), t.rng.randrange(10**6)
    context = {"name": name, "number": number}
    source, want = "Hello {{ name }}, {{number}}{{  name  }}!", f"Hello {name}, {number}{name}!"
    gives(part, t, source, context, want)


def m1_path(part: Any, t: Trial) -> None:
    """A dot goes on to a key of a dictionary, or to an attribute of anything else."""
    city = word(t)
    user = {"name": "Ada", "home": SimpleNamespace(city=city, phones={"work": 7})}
    source = "{{ user.name }}: {{ user.home.city }}, {{ user.home.phones.work }}"
    gives(part, t, source, {"user": user}, f"Ada: {city}, 7")


def m1_once(part: Any, t: Trial) -> None:
    """A value is written and not read: braces in it are text, and each rendering begins anew."""
    secret = word(t)
    template = t.make(part.Template, "{{ name }} {{ secret }}")
    page = template.render({"name": "{{ secret }}", "secret": secret})
    t.same(page, f"{{{{ secret }}}} {secret}")
    t.same(template.render({"name": "Ada", "secret": ""}), "Ada ")


def m1_missing(part: Any, t: Trial) -> None:
    """A name that is not there is an error which names the line, not an empty place."""
    name = word(t)
    refuses(part, t, f"<p>\n{{{{ here }}}}\n{{{{ {name} }}}}\n</p>", {"here": 1}, 3)
    refuses(part, t, "\n{{ user.email }}", {"user": {"name": "Ada"}}, 2)
    refuses(part, t, "{{ user.email }}", {"user": SimpleNamespace(name="Ada")}, 1)


def m1_unclosed(part: Any, t: Trial) -> None:
    """Braces that are opened must be closed, and hold a name."""
    refuses(part, t, f"{word(t)}\n\n{{{{ name\n", {"name": 1}, 3)
    for inside in ("", "a b", "a..b", ".a", "a.", "a,", "a["):
        refuses(part, t, f"\n{{{{ {inside} }}}}", {"a": {"b": 1}, "b": 1}, 2)


def m1_private(part: Any, t: Trial) -> None:
    """A name that begins with an underscore is nobody's business: it is refused."""
    user = SimpleNamespace(name="Ada", _password=word(t))
    for path in ("user._password", "user.__class__", "user.name.__class__.__mro__"):
        refuses(part, t, f"{{{{ {path} }}}}", {"user": user}, 1)
    refuses(part, t, "{{ user._password }}", {"user": {"_password": word(t)}}, 1)


def m2_loop(part: Any, t: Trial) -> None:
    """What stands in a loop is written once for each item, in their order."""
    words = [f"{number}{word(t)}" for number in range(3)]
    want = "(" + "".join(f"[{one}]" for one in words) + ")"
    gives(part, t, "({% for x in xs %}[{{ x }}]{% endfor %})", {"xs": words}, want)
    gives(part, t, "({% for x in xs %}[{{ x }}]{% endfor %})", {"xs": []}, "()")


def m2_path(part: Any, t: Trial) -> None:
    """A loop may go through anything that Python can, found by a path."""
    users = tuple({"name": word(t)} for _ in range(2))
    source = "{% for user in team.users %}{{ user.name }}, {{ team.name }}; {% endfor %}"
    want = "".join(f"{user['name']}, A; " for user in users)
    gives(part, t, source, {"team": {"name": "A", "users": users}}, want)


def m2_scope(part: Any, t: Trial) -> None:
    """The loop's name is known inside of it only: outside it means what it meant before."""
    outer, context = word(t), {"xs": [1, 2]}
    source = "{{ x }}{% for x in xs %}{{ x }}{% endfor %}{{ x }}"
    gives(part, t, source, {**context, "x": outer}, f"{outer}12{outer}")
    refuses(part, t, "{% for x in xs %}.{% endfor %}\n{{ x }}", context, 2)
    t.same(context, {"xs": [1, 2]}, "the caller's dictionary is not ours to change")


def m2_lines(part: Any, t: Trial) -> None:
    """A tag that is alone in its line leaves no line behind."""
    one, two = word(t), word(t)
    source = "<ul>\n{% for x in xs %}\n<li>{{ x }}</li>\n  {% endfor %}  \n</ul>"
    want = f"<ul>\n<li>{one}</li>\n<li>{two}</li>\n</ul>"
    gives(part, t, source, {"xs": [one, two]}, want)


def m2_unclosed(part: Any, t: Trial) -> None:
    """A loop must be closed, an end must close something, and both are told by their line."""
    context = {"xs": [1]}
    refuses(part, t, f"{word(t)}\n{{% for x in xs %}}\nx\n", context, 2)
    refuses(part, t, "x\n\n{% endfor %}", context, 3)
    for tag in ("for x xs", "for in xs", "for x in", "fro x in xs", "", "for x"):
        refuses(part, t, f"\n{{% {tag} %}}{{% endfor %}}", context, 2)
    refuses(part, t, "\n{% for x in xs", context, 2)


def m3_if(part: Any, t: Trial) -> None:
    """A condition holds for what Python calls true; otherwise what follows `else` is written."""
    yes, no = word(t), word(t)
    values: list[Any] = [True, False, 1, 0, "a", "", [0], [], {}, None]
    for value in values:
        t.lines.clear()
        want = yes if value else no
        gives(part, t, f"{{% if x %}}{yes}{{% else %}}{no}{{% endif %}}", {"x": value}, want)
        want = yes if value else ""
        gives(part, t, f"{{% if x %}}{yes}{{% endif %}}.", {"x": value}, f"{want}.")


def m3_not(part: Any, t: Trial) -> None:
    """`not` turns a condition round, and a name may begin with it."""
    text = word(t)
    values: list[Any] = [True, False, [], "a"]
    for value in values:
        t.lines.clear()
        source = f"{{% if not a.x %}}{text}{{% else %}}-{{% endif %}}"
        gives(part, t, source, {"a": {"x": value}}, "-" if value else text)
    gives(part, t, "{% if nothing %}a{% else %}b{% endif %}", {"nothing": 0, "hing": 0}, "b")


def m3_nested(part: Any, t: Trial) -> None:
    """A loop may stand in a loop: each end closes the block that was opened last."""
    rows = [[word(t) for _ in range(2)] for _ in range(2)]
    source = "{% for row in rows %}({% for x in row %}[{{ x }}]{% endfor %}){% endfor %}"
    want = "".join("(" + "".join(f"[{x}]" for x in row) + ")" for row in rows)
    gives(part, t, source, {"rows": rows}, want)


def m3_deep(part: Any, t: Trial) -> None:
    """Blocks may stand inside each other in any order, and each `else` belongs to its own `if`."""
    for kinds in product(BLOCKS, repeat=3):
        t.lines.clear()
        source = want = word(t)
        for kind in kinds:
            around, count = BLOCKS[kind]
            before, other = word(t), word(t)
            source = before + around.format(source, other)
            want = before + want * count
        gives(part, t, source, NESTED, want)


def m3_shadow(part: Any, t: Trial) -> None:
    """A loop inside may use the name of the loop around it, which has its own again afterwards."""
    one, two = word(t), word(t)
    source = "{% for x in xs %}{{ x }}{% for x in ys %}{{ x }}{% endfor %}{{ x }} {% endfor %}"
    want = f"{one}34{one} {two}34{two} "
    gives(part, t, source, {"xs": [one, two], "ys": [3, 4]}, want)


def m3_empty(part: Any, t: Trial) -> None:
    """Blocks may be empty."""
    source = "{% for x in two %}{% if yes %}{% endif %}{% if no %}{% else %}{% endif %}{% endfor %}"
    gives(part, t, source + (text := word(t)), NESTED, text)


def m3_crossed(part: Any, t: Trial) -> None:
    """An end that does not fit the block which is open is refused, and so is one too many."""
    opened = f"{word(t)}\n{{% for x in two %}}{{% if yes %}}\n"
    refuses(part, t, opened + "{% endfor %}{% endif %}", NESTED, 3)
    refuses(part, t, "{% if yes %}\n{% else %}\n{% else %}{% endif %}", NESTED, 3)
    refuses(part, t, "\n{% if yes %}a{% else %}", NESTED, 2)
    refuses(part, t, "\n{% else %}", NESTED, 2)
    refuses(part, t, "\n{% if %}{% endif %}", NESTED, 2)


def m3_indent(part: Any, t: Trial) -> None:
    """The lines of a block move to the left, to where its tag stands, also block in block."""
    one, two = word(t), word(t)
    source = (
        "<ul>\n  {% for user in users %}\n    {% if user.name %}\n      <li>\n"
        "        {{ user.name }}\n      </li>\n    {% else %}\n      <li>?</li>\n"
        "    {% endif %}\n  {% endfor %}\n</ul>"
    )
    users = [{"name": one}, {"name": ""}, {"name": two}]
    want = f"<ul>\n  <li>\n    {one}\n  </li>\n  <li>?</li>\n  <li>\n    {two}\n  </li>\n</ul>"
    gives(part, t, source, {"users": users}, want)


def m4_filter(part: Any, t: Trial) -> None:
    """`{{ value | filter }}` is written as the filter makes it, wherever a value may stand."""
    text = word(t)
    context = {"user": {"email": text.title()}, "names": [text]}
    gives(part, t, "{{ user.email | lowercase }}", context, text)
    gives(part, t, "{{ user.email|uppercase }}", context, text.upper())
    gives(part, t, "{% for n in names %}{{ n | title }}{% endfor %}", context, text.title())


def m4_chain(part: Any, t: Trial) -> None:
    """Filters are applied from the left to the right."""
    text = word(t)
    gives(part, t, "{{ x | lowercase | title }}", {"x": text.upper()}, text.title())
    gives(part, t, "{{ x | title | lowercase }}", {"x": text.upper()}, text)
    gives(part, t, "{{ x | title | lowercase | uppercase }}", {"x": text}, text.upper())


def m4_unknown(part: Any, t: Trial) -> None:
    """A filter that does not exist is noticed when the template is made, not when it is shown."""
    source = f"{{% if no %}}\n{{{{ x | {word(t)}er }}}}\n{{% endif %}}"
    refuses(part, t, source, {"no": False, "x": 1}, 2)
    refuses(part, t, "\n{{ x | }}", {"x": 1}, 2)


def m4_escape(part: Any, t: Trial) -> None:
    """A value cannot become markup: the five characters of HTML are written as entities.

    source: HTML, section 13.1.2.3
    """
    text = word(t)
    value = f"<b onclick='{text}()'>\"{text}\" & &amp;</b>"
    for source in ("{{ x }}", '<a title="{{ x }}">', "{% for y in xs %}{{ y }}{% endfor %}"):
        t.lines.clear()
        page = render(part, t, source, {"x": value, "xs": [value]})
        t.holds(isinstance(page, str), "a page", page)
        before, after = ('<a title="', '">') if source.startswith("<") else ("", "")
        shown = str(page).removeprefix(before).removesuffix(after)
        t.holds(not set("<>\"'") & set(shown), "no < > \" or ' of the value", page)
        t.same(html.unescape(shown), value, "a browser must read the value again")


def m4_escape_last(part: Any, t: Trial) -> None:
    """Filters see the value, and what they make is escaped: the other way round breaks entities."""
    text = word(t)
    gives(part, t, "{{ x | uppercase }}", {"x": f"<{text}>"}, f"&lt;{text.upper()}&gt;")


def m4_safe(part: Any, t: Trial) -> None:
    """`| safe` writes a value as it is; the text of the template is never escaped."""
    markup = f"<em>{word(t)}</em> & more"
    gives(part, t, "<p>{{ x | safe }}</p> & so on", {"x": markup}, f"<p>{markup}</p> & so on")
    gives(part, t, "{{ x | uppercase | safe }}", {"x": markup}, markup.upper())


def m4_names(part: Any, t: Trial) -> None:
    """No name of a template meets a word of Python or a name of the engine."""
    names = ["class", "def", "str", "names", "out", "get", "escape", "self", "render", "lambda"]
    for name in names:
        t.lines.clear()
        source = "{% for NAME in xs %}{{ NAME | lowercase }}{% endfor %}{{ NAME }}"
        gives(part, t, source.replace("NAME", name), {"xs": ["A", "B"], name: 7}, "ab7")


def m4_quotes(part: Any, t: Trial) -> None:
    """Text and values are written as they are, whatever quotes and backslashes are in them."""
    text = f"""'{word(t)}' "x" '''y''' \"\"\"z\"\"\" \\n \\ {{0}} %s\n+ str(1) #\r\n"""
    gives(part, t, text + "{{ x | safe }}", {"x": text}, text + text)
