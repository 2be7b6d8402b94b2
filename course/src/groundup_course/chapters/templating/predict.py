"""What the page asks before it tells; the answers come from step 4."""

from groundup_course.chapters.templating.steps.step4 import Template


def p1_braces_in_a_value() -> object:
    """What does `Hello {{ name }}` give when name is `{{ password }}`, password hunter2?

    choices: Hello {{ password }} | Hello hunter2 | an error
    because: A value is written and never read, or every visitor could write templates.
    """
    return Template("Hello {{ name }}").render({"name": "{{ password }}", "password": "hunter2"})


def p2_after_the_loop() -> object:
    """What is `{% for x in xs %}{{ x }}{% endfor %}{{ x }}` when xs is [1, 2] and x is 9?

    choices: 122 | 129 | an error
    because: The loop has a name of its own for what is inside of it; outside, x is what it was.
    """
    source = "{% for x in xs %}{{ x }}{% endfor %}{{ x }}"
    return Template(source).render({"xs": [1, 2], "x": 9})


def p3_filter_and_escape() -> object:
    """What does `{{ tag | uppercase }}` give when tag is `<b>`?

    choices: <B> | &LT;B&GT; | &lt;B&gt;
    because: The filter sees the value; escaping comes last and so leaves its entities whole.
    """
    return Template("{{ tag | uppercase }}").render({"tag": "<b>"})
