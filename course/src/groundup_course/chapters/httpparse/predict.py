"""What the page asks before it tells; the answers come from step 4."""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, RequestParser


def p1_cut_in_the_line_end() -> object:
    r"""All but the last byte of `GET / HTTP/1.1\r\nHost: a\r\n\r\n` has come: how many requests?

    choices: 0 | 1
    because: A line is whole when its LF is there, and an empty line is a line.
    """
    return len(RequestParser().feed(b"GET / HTTP/1.1\r\nHost: a\r\n\r"))


def p2_bytes_or_characters() -> object:
    """What is the body when the headers say `Content-Length: 5` and `Jürgen` follows in UTF-8?

    choices: Jürg | Jürge | Jürgen
    because: The ü is two bytes; what is left, `en`, is taken for the start of the next request.
    """
    data = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nJürgen".encode()
    return RequestParser().feed(data)[0].body.decode()


def p3_two_lengths() -> object:
    """A request has `Content-Length: 4` and `Transfer-Encoding: chunked`: which one decides?

    choices: Content-Length | Transfer-Encoding | neither, it is refused
    because: A program between client and server may decide otherwise than you, so nobody may.
    """
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
    try:
        body = RequestParser().feed(head + b"5\r\nhello\r\n0\r\n\r\n")[0].body
    except ParseError:
        return "neither, it is refused"
    return "Content-Length" if body == b"5\r\nh" else "Transfer-Encoding"
