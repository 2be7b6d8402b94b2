# before: cp "$CHAPTER/wrong/one_piece_one_request.py" naive.py
# before: cat > pieces.py <<'END'
# before: from naive import RequestParser
# before: data = b"GET /users?page=2 HTTP/1.1\r\nHost: localhost\r\n\r\n"
# before: for pieces in ([data], [data[:10], data[10:]], [data + data]):
# before:     parser = RequestParser()
# before:     try:
# before:         found = [request for piece in pieces for request in parser.feed(piece)]
# before:     except ValueError as error:
# before:         found = error
# before:     print(f"{len(pieces)} piece(s) of {len(b''.join(pieces))} bytes:", found)
# before: END
# replace: , headers=.*?\)\] => , ...)]
cat pieces.py

python pieces.py
