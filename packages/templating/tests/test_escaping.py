"""What a browser's parser sees: many attacks in many positions, and none changes the page."""

import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_templating import ContextError, Markup, Template

ATTACKS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "--!><script>alert(1)</script>",
    "<!--",
    "<!--<script>",
    "]]><script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "'><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    " onmouseover=alert(1) ",
    "\tonmouseover=alert(1)//",
    "\nonmouseover=alert(1)",
    "\x0conmouseover=alert(1)",
    "/onmouseover=alert(1)/",
    "x onmouseover=alert(1)",
    "`onmouseover=alert(1)",
    "=onmouseover",
    ">",
    "<",
    "&",
    "&quot;><script>",
    "&#34;><script>",
    "&lt;script&gt;",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=javascript:alert(1)>",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "\x01javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "java\r\nscript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "javascript%3Aalert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "';alert(1);//",
    '";alert(1);//',
    "`;alert(1);//",
    "${alert(1)}",
    "\\';alert(1);//",
    '\\";alert(1);//',
    "\\",
    "\n alert(1)",
    "\r alert(1)",
    "\u2028alert(1)",
    "\u2029alert(1)",
    "*/alert(1)/*",
    "//",
    "</",
    "</scr",
    ")};alert(1);({",
    "1;alert(1)",
    "alert(1)",
    "expression(alert(1))",
    "url(javascript:alert(1))",
    "red;background:url(javascript:alert(1))",
    "red}body{background:url(x)",
    "\\65xpression(alert(1))",
    "-moz-binding:url(x)",
    "@import 'x'",
    "{{ 7*7 }}",
    "{% raw %}",
    "\x00",
    "\x00<script>",
    "<\x00script>",
    "\ufeff<script>",
    "\uff1cscript\uff1e",
    "\u02bc onclick=x",
    "+ADw-script+AD4-",
    "a" * 5000 + '"',
    "é<b>ü</b>",
    "\U0001f600<b>",
]
POSITIONS = [
    "<p>{{ x }}</p>",
    "<p title='{{ x }}'>a</p>",
    '<p title="{{ x }}">a</p>',
    "<p title={{ x }} id=b>a</p>",
    "<p title=a{{ x }} id=b>a</p>",
    "<p data-x='{{ x }}' data-y={{ x }}>a</p>",
    "<a href='{{ x }}'>a</a>",
    "<a href={{ x }} id=b>a</a>",
    "<a href='/p/{{ x }}'>a</a>",
    "<a href='/{{ x }}'>a</a>",
    "<a href='page{{ x }}'>a</a>",
    "<a href='?a={{ x }}&b={{ x }}#{{ x }}'>a</a>",
    "<form action='{{ x }}'><button formaction='{{ x }}'>a</button></form>",
    "<img src='{{ x }}' srcset='{{ x }} 1x, {{ x }} 2x' alt='{{ x }}'>",
    "<title>{{ x }}</title>",
    "<textarea>{{ x }}</textarea>",
    "<!-- {{ x }} -->",
    "<iframe srcdoc='{{ x }}'></iframe>",
    "<b onclick='f({{ x }})'>a</b>",
    "<b onclick='f(\"{{ x }}\")'>a</b>",
    "<b onclick=f({{ x }}) id=c>a</b>",
    "<b style='color: {{ x }}'>a</b>",
    "<b style='background: url({{ x }})'>a</b>",
    "<script>var x = {{ x }};</script>",
    "<script>var x = '{{ x }}';</script>",
    '<script>var x = "{{ x }}";</script>',
    "<script>var x = `{{ x }}`;</script>",
    "<script type='application/json'>{{ x }}</script>",
    "<script type='text/x-template'><i>{{ x }}</i></script>",
    "<style>a { color: {{ x }}; }</style>",
    "<style>a { content: '{{ x }}'; }</style>",
    "<style>a { background: url('{{ x }}'); }</style>",
]
SAFE_URL = re.compile(r"(?:https?|mailto|tel|sms|ftp|about):|[^:]*(?:[/?#]|$)", re.IGNORECASE)


class Reader(HTMLParser):
    """Note the shape of a page: tags with the names of their attributes, texts and comments."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shape: list[str] = []
        self.urls: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape.append(f"<{tag} {' '.join(name for name, _ in attrs)}>")
        self.urls += [
            v or "" for name, v in attrs if name in {"href", "src", "action", "formaction"}
        ]

    def handle_endtag(self, tag: str) -> None:
        self.shape.append(f"</{tag}>")

    def handle_comment(self, data: str) -> None:
        self.shape.append("<!---->")

    def handle_decl(self, decl: str) -> None:
        self.shape.append("<!>")

    def unknown_decl(self, data: str) -> None:
        self.shape.append("<![>")


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


@pytest.mark.parametrize("position", POSITIONS)
def test_no_attack_changes_the_shape_of_a_page(position: str) -> None:
    template = Template(position)
    harmless = read(template.render(x="x")).shape

    for attack in ATTACKS:
        for value in (attack, [attack], {attack: attack}, Markup("%s") % attack):
            reader = read(template.render(x=value))
            assert reader.shape == harmless, (attack, value)
            for url in reader.urls:
                assert SAFE_URL.match(re.sub(r"[\x00-\x20]", "", url)), (attack, url)


@pytest.mark.parametrize("position", POSITIONS)
@settings(max_examples=15)
@given(value=st.text(max_size=20) | st.text("<>\"'&;=/\\ -!scriptonx:`\n", max_size=20))
def test_no_text_changes_the_shape_of_a_page(position: str, value: str) -> None:
    template = Template(position)

    assert read(template.render(x=value)).shape == read(template.render(x="x")).shape


@pytest.mark.parametrize("attack", ATTACKS)
def test_scripts_get_the_value_itself(attack: str) -> None:
    page = Template('<script>{{ x }}\n"{{ x }}"</script>').render(x=attack)

    lines = page.removeprefix("<script>").removesuffix("</script>").split("\n")
    assert [json.loads(line) for line in lines] == [attack, attack]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_value_in_a_style_stays_in_its_declaration(attack: str) -> None:
    page = Template("<style>a{b:{{ x }};c:'{{ x }}';d:url({{ x }})}</style>").render(x=attack)

    assert page.count(";") == 2
    assert page.count("{") == page.count("}") == page.count(")") == page.count("(") == 1
    assert page.count("'") == 2


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_value_in_a_tag_is_a_name_or_refused(attack: str) -> None:
    template = Template("<b {{ x }} data-{{ x }}='1'>")

    with pytest.raises(ContextError):
        template.render(x=attack)
