"""A person uses the blog by clicking, and another one watches."""

import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

Person = Callable[..., Page]
Keep = Callable[[Page, str], None]


def png(width: int, height: int) -> bytes:
    """Return a picture, drawn here: a gradient."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(
        b"\0" + bytes(value for x in range(width) for value in (x % 256, 120, (x + y) % 256))
        for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def sign_up(page: Page, blog: str, name: str) -> None:
    page.goto(blog)
    page.get_by_role("link", name="Sign up").first.click()
    page.get_by_label("User name").fill(name)
    page.get_by_label("E-mail address").fill(f"{name}@example.com")
    page.get_by_label("Password").fill("Pass123!")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("status")).to_have_text(f"Welcome, {name}!")


def write_post(page: Page, title: str, content: str, picture: bytes | None = None) -> None:
    page.get_by_role("link", name="Write", exact=True).click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Content").fill(content)
    if picture is not None:
        file: Any = {"name": "image.png", "mimeType": "image/png", "buffer": picture}
        page.get_by_label("Picture").set_input_files(file)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_a_post_from_sign_up_to_deletion(blog: str, person: Person, keep: Keep) -> None:
    author = person()
    sign_up(author, blog, "alice")
    write_post(author, "My First Post", "Hello & welcome.\n\nSecond paragraph.", png(640, 320))
    width = author.locator("img.lead").evaluate("image => image.naturalWidth")
    assert width == 640
    expect(author.locator(".text p")).to_have_count(2)
    keep(author, "post")

    author.get_by_role("link", name="Edit").click()
    author.get_by_label("Title").fill("My Second Thoughts")
    keep(author, "edit")
    author.get_by_role("button", name="Save").click()
    expect(author.get_by_role("heading", level=1)).to_have_text("My Second Thoughts")

    author.on("dialog", lambda dialog: dialog.accept())
    author.get_by_role("button", name="Delete").click()
    expect(author.get_by_role("status")).to_have_text("Deleted.")
    expect(author.get_by_text("Nothing here yet.")).to_be_visible()
    keep(author, "empty")


def test_a_second_browser_sees_a_comment_arrive(blog: str, person: Person, keep: Keep) -> None:
    author, reader = person(), person(viewport={"width": 390, "height": 844}, color_scheme="dark")
    sign_up(author, blog, "alice")
    write_post(author, "Live", "Look at the comments.")
    expect(author.locator("#live")).to_be_visible()
    reader.goto(author.url)
    expect(reader.locator("#live")).to_be_visible()

    reader.get_by_label("Your name").fill("Bob")
    reader.get_by_label("Your comment").fill("<b>I saw it</b>")
    reader.get_by_role("button", name="Send").click()

    arrived = author.locator("#comment-list li")
    expect(arrived).to_have_count(1)
    expect(arrived.locator(".said")).to_have_text("<b>I saw it</b>")
    expect(reader.locator("#comment-list li")).to_have_count(1)
    author.get_by_label("Your comment").fill("Welcome!")
    author.get_by_role("button", name="Send").click()
    expect(reader.locator("#comment-list li").nth(1)).to_contain_text("Welcome!")
    keep(author, "live-author")
    keep(reader, "live-reader-phone-dark")
    reader.reload()
    expect(reader.locator("#comment-list li")).to_have_count(2)


def test_log_in_and_out(blog: str, person: Person, keep: Keep) -> None:
    page = person()
    sign_up(page, blog, "carol")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in")).to_be_visible()

    page.goto(f"{blog}/posts/new")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    page.get_by_label("User name or e-mail address").fill("carol@example.com")
    page.get_by_label("Password").fill("Pass123!")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Write a post")


@pytest.mark.filterwarnings("default")
def test_a_wrong_password_says_so(blog: str, browser: Browser, keep: Keep) -> None:
    context = browser.new_context()  # its console reports the 401, as it should
    page = context.new_page()
    page.goto(f"{blog}/login")
    page.get_by_label("User name or e-mail address").fill("nobody")
    page.get_by_label("Password").fill("Wrong123!")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("password is wrong")
    keep(page, "wrong-password")
    context.close()


def test_pages_work_without_scripts(blog: str, person: Person) -> None:
    page = person(java_script_enabled=False)
    sign_up(page, blog, "dora")
    write_post(page, "Plain", "No scripts here.")

    page.get_by_label("Your comment").fill("Posted by a form.")
    page.get_by_role("button", name="Send").click()

    expect(page.locator("#comment-list li")).to_contain_text("Posted by a form.")


@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
)
def test_nothing_is_cut_off(blog: str, person: Person, keep: Keep, width: int, scheme: Any) -> None:
    page = person(viewport={"width": width, "height": 800}, color_scheme=scheme)
    for path in ("/", "/login", "/register"):
        page.goto(f"{blog}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        keep(page, f"{path.strip('/') or 'home'}-{width}-{scheme}")


def test_the_keyboard_reaches_everything(blog: str, person: Person) -> None:
    page = person()
    page.goto(blog)

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    reached: set[str] = set()
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent").strip())

    assert {"groundup blog", "Log in", "Sign up"} <= reached
