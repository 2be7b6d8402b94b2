# before: cat > http_parser.py <<'END'
# before: import sys
# before: from my_parser import RequestParser
# before: for request in RequestParser().feed(sys.stdin.buffer.read()):
# before:     print("Parsed Request:")
# before:     print(f"  Method: {request.method}")
# before:     print(f"  Path: {request.path}")
# before:     print(f"  Query: {request.query or '(none)'}")
# before:     print(f"  HTTP Version: {request.version}")
# before:     print("  Headers:")
# before:     for name, value in request.headers.items():
# before:         print(f"    {name}: {value}")
# before:     print(f"  Body: {request.body.decode() or '(none)'}")
# before: END
printf 'POST /api/users HTTP/1.1\r\nHost: localhost:8000\r\n' > request.http
printf 'Content-Type: application/json\r\nContent-Length: 17\r\n' >> request.http
printf '\r\n{"name": "Alice"}' >> request.http

cat http_parser.py

python http_parser.py < request.http
