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
printf '%s\r\n' 'POST /api/users HTTP/1.1' 'Host: localhost:8000' > request.http
printf '%s\r\n' 'Content-Type: application/json' 'Content-Length: 17' '' >> request.http
printf '%s' '{"name": "Alice"}' >> request.http

cat http_parser.py

python http_parser.py < request.http
