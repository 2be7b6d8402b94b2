"""For the page: a request in two pieces, and what the parser says after each."""

from groundup_httpparse import ParseError, RequestParser

parser = RequestParser()
for piece in (b"PUT /notes/7 HTTP/1.1\r\nHost: a\r\nContent-Len", b"gth: 5\r\n\r\nhello"):
    print(parser.feed(piece))

for wrong in (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n"):
    try:
        RequestParser().feed(wrong)
    except ParseError as error:
        print(error.status, error)
