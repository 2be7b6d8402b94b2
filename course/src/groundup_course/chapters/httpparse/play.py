"""For the page: a request in two pieces, and what the parser says after each."""

from groundup_httpparse import ParseError, RequestParser

parser = RequestParser()
print(parser.feed(b"PUT /notes/7 HTTP/1.1\r\nHost: a\r\nContent-Len"))
print(parser.feed(b"gth: 5\r\n\r\nhello"))

for line in (b"GET / HTTP/1.1\r\nHost : a", b"GET  / HTTP/1.1\r\nHost: a"):
    try:
        RequestParser().feed(line + b"\r\n\r\n")
    except ParseError as error:
        print(error.status, error)
