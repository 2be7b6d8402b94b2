"""What a browser's parser sees: many attacks in many positions, and none changes the page."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_templating import ContextError, Markup, Template
from groundup_templating.url_escapers import BLOCKED_URL

ATTACKS: list[str] = json.loads(
    Path(__file__).with_name("attacks.json").read_text(encoding="utf-8")
)
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
    "<iframe srcdoc='<p>{{ x }}</p>'></iframe>",
    "<iframe srcdoc={{ x }}></iframe>",
    "<iframe src='{{ x }}'></iframe>",
    "<iframe src={{ x }}{{ x }}></iframe>",
    "<script src='{{ x }}'></script>",
    "<script src='{{ x }}/{{ x }}'></script>",
    "<script src='/{{ x }}{{ x }}'></script>",
    "<link rel='stylesheet' href='{{ x }}'>",
    "<link href='{{ x }}' rel='stylesheet'>",
    "<link rel='canonical' href='{{ x }}'>",
    "<base href='{{ x }}'>",
    "<object data='{{ x }}'></object>",
    "<embed src='{{ x }}{{ x }}{{ x }}'>",
    "<svg><use href='{{ x }}'/><use xlink:href='{{ x }}'/></svg>",
    "<svg><animate attributeName='href' to='{{ x }}' values='1;{{ x }}'/></svg>",
    "<svg><a xlink:href='{{ x }}'>a</a></svg>",
    "<meta http-equiv='refresh' content='{{ x }}'>",
    "<meta http-equiv='refresh' content='0;url={{ x }}'>",
    "<meta name='description' content='{{ x }}'>",
    "<style>@import '{{ x }}'; @import url({{ x }});</style>",
]
SAFE_URL = re.compile(r"(?:https?|mailto|tel|sms|ftp|about):|[^:]*(?:[/?#]|$)", re.IGNORECASE)
LINKS = {"href", "src", "action", "formaction", "xlink:href", "data", "to"}
LOADING = {
    *(("script", "src"), ("iframe", "src"), ("embed", "src"), ("object", "data"), ("base", "href")),
    *(("use", "href"), ("use", "xlink:href")),
}
REFRESH = re.compile(r"\s*\d+\s*;\s*url=(.*)", re.DOTALL)
SITE = "https://site.example/a/b/"


class Reader(HTMLParser):
    """Note the shape of a page: tags with the names of their attributes, texts and comments."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shape: list[str] = []
        self.urls: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape.append(f"<{tag} {' '.join(name for name, _ in attrs)}>")
        values = {name: value or "" for name, value in attrs}
        self.urls += [value for name, value in values.items() if name in LINKS]
        self.loaded += [value for name, value in values.items() if (tag, name) in LOADING]
        if tag == "link" and values.get("rel") == "stylesheet":
            self.loaded.append(values["href"])
        if values.get("http-equiv") == "refresh" and (found := REFRESH.match(values["content"])):
            self.urls.append(found[1])
        if "srcdoc" in values:
            self.shape += [f"in srcdoc: {part}" for part in read(values["srcdoc"]).shape]

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


def spell(attack: str) -> Iterator[object]:
    """Yield an attack as several kinds of values."""
    yield attack
    yield Markup("%s") % attack
    if len(attack) % 4 == 0:
        yield [attack]
        yield {attack: attack}


def host_of(url: str) -> str | None:
    """Return the host that a browser would ask, by the rules of WHATWG URL, section 4.4."""
    url = re.sub(r"[\t\r\n]", "", url.strip("".join(map(chr, range(33)))))
    if url.startswith(BLOCKED_URL):
        return "site.example"
    return urlsplit(urljoin(SITE, url.replace("\\", "/"))).hostname


@pytest.mark.parametrize("position", POSITIONS)
def test_no_attack_changes_the_shape_of_a_page(position: str) -> None:
    template = Template(position)
    harmless = read(template.render(x="x")).shape

    for attack in ATTACKS:
        for value in spell(attack):
            reader = read(template.render(x=value))
            assert reader.shape == harmless, (attack, value)
            for url in reader.urls:
                assert SAFE_URL.match(re.sub(r"[\x00-\x20]", "", url)), (attack, url)
            for url in reader.loaded:
                assert host_of(url) == "site.example", (attack, url)


@pytest.mark.parametrize("before", ["", "/", "/a", "a"])
@pytest.mark.parametrize(
    "url",
    [
        "{{ y }}{{ x }}",
        "{{ y }}/{{ x }}",
        "{{ y }}{{ y }}/{{ x }}",
        "{{ y }}/{{ y }}/{{ x }}",
        "/{{ y }}{{ x }}",
        "/{{ y }}/{{ x }}",
        "{% if y %}{{ y }}{% endif %}{{ x }}",
        "{% if y %}{{ y }}{% else %}/{% endif %}{{ x }}",
        "{% for i in [1, 2] %}{{ y }}{% endfor %}{{ x }}",
        "{{ y }}&#47;{{ x }}",
        "{{ y }}\\{{ x }}",
    ],
)
def test_two_values_never_make_a_host(url: str, before: str) -> None:
    template = Template(f'<script src="{url}"></script><a href="{url}">')

    for attack in ATTACKS:
        reader = read(template.render(x=attack, y=before))
        assert host_of(reader.loaded[0]) == "site.example", (attack, reader.loaded)
        if before or url.startswith("/"):
            assert host_of(reader.urls[1]) == "site.example", (attack, reader.urls)


@pytest.mark.parametrize("position", POSITIONS)
@settings(max_examples=15, deadline=None)
@given(value=st.text(max_size=20) | st.text("<>\"'&;=/\\ -!scriptonx:`\n", max_size=20))
def test_no_text_changes_the_shape_of_a_page(position: str, value: str) -> None:
    template = Template(position)

    assert read(template.render(x=value)).shape == read(template.render(x="x")).shape


def test_scripts_get_the_value_itself() -> None:
    template = Template('<script>{{ x }}\n"{{ x }}"</script>')

    for attack in ATTACKS:
        page = template.render(x=attack)
        lines = page.removeprefix("<script>").removesuffix("</script>").split("\n")
        assert [json.loads(line) for line in lines] == [attack, attack]


def test_a_value_in_a_style_stays_in_its_declaration() -> None:
    template = Template("<style>a{b:{{ x }};c:'{{ x }}';d:url({{ x }})}</style>")

    for attack in ATTACKS:
        page = template.render(x=attack)
        assert page.count(";") == 2, attack
        assert page.count("{") == page.count("}") == page.count(")") == page.count("(") == 1
        assert page.count("'") == 2


def test_a_value_in_a_tag_is_a_name_or_refused() -> None:
    template = Template("<b {{ x }} data-{{ x }}='1'>")

    for attack in ATTACKS:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.:-]*|", attack) or attack == "onclick":
            with pytest.raises(ContextError):
                template.render(x=attack)


IN_TAGS = [
    "<b {{ x }}>a</b>",
    "<b {{ x }} {{ x }}>a</b>",
    "<b c {{ x }} d='e'>a</b>",
    "<b{{ ' ' ~ x }}>a</b>",
    "<b{{ ' ' ~ x }}{{ ' ' ~ x }}>a</b>",
    "<b c{{ ' ' ~ x }}>a</b>",
    "<b c=d{{ ' ' ~ x }}>a</b>",
    "<b c='d'{{ ' ' ~ x }}>a</b>",
]
HARMLESS = re.compile(r"<b (?:(?!on|style|href|src)[a-z][a-z0-9_.:-]*(?: |(?=>)))*>")


@pytest.mark.parametrize("position", IN_TAGS)
@settings(max_examples=15, deadline=None)
@given(value=st.text("<>\"'&=/ -onclicksryhef:`\n\0", max_size=8))
def test_a_value_in_a_tag_is_refused_or_brings_harmless_names(position: str, value: str) -> None:
    template = Template(position)

    for attack in (*ATTACKS, value):
        try:
            page = template.render(x=attack)
        except ContextError:
            continue
        opening, *rest = read(page).shape
        assert HARMLESS.fullmatch(opening), (attack, opening)
        assert rest == ["</b>"]


def test_there_are_enough_attacks() -> None:
    assert len(set(ATTACKS)) > 390
    assert len(POSITIONS) > 50
