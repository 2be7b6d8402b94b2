"""groundup_templating.writer: lines that know where they came from."""

from groundup_templating.writer import Writer


def test_lines_are_indented_and_remember_their_place() -> None:
    writer = Writer()

    writer.write("if a:", 3)
    with writer.indented():
        writer.write("b", 5)
    writer.write("c", 7)

    assert writer.source() == "if a:\n    b\nc\n"
    assert [at for _, at in writer.lines] == [3, 5, 7]


def test_lines_can_be_put_before_others() -> None:
    writer = Writer()
    writer.write("c", 3)

    writer.insert(0, ["a", "b"], 1)

    assert writer.source() == "a\nb\nc\n"
