"""Three ways from a template to what nobody wanted to give: markup, a secret, and the program.

The first one comes with a value, which is what a stranger has typed.  The other two come with the
template: on a site whose users may write the text of their own mails, that is a stranger's, too.
"""

from types import SimpleNamespace
from typing import Any

WEAK = {
    "attack_script_in_a_comment": "steps/step3.py",
    "attack_secret_behind_a_dot": "wrong/reads_anything.py",
    "attack_text_becomes_code": "wrong/quotes_by_hand.py",
}


def attack_script_in_a_comment(part: Any) -> bool:
    """Make every reader of a page run a script that came in as somebody's comment."""
    template = part.Template('<p title="{{ name }}">{{ comment }}</p>')
    name = '" onmouseover="steal()'
    comment = "<script>steal()</script>"

    page = template.render({"name": name, "comment": comment})

    return "<script>" in page or 'title="" onmouseover' in page


def attack_secret_behind_a_dot(part: Any) -> bool:
    """Read the key of the site by dots, from an object that only lends its name to the page."""

    class Mailer:
        name = "Newsletter"
        key = "s3cret"

        def send(self) -> None:
            """Send it."""

    user = SimpleNamespace(name="Ada", notify=Mailer().send)
    try:
        page = part.Template("{{ user.notify.__self__.__class__.__dict__ }}").render({"user": user})
    except part.TemplateError:
        return False
    return Mailer.key in page


def attack_text_becomes_code(part: Any) -> bool:
    """Run Python on the server with text that has not even a tag in it."""
    printed: list[str] = []
    text = "''' + str(names['log']('got in')) + '''"

    part.Template(text).render({"log": printed.append})

    return printed == ["got in"]
