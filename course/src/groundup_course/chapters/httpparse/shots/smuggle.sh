# before: cp "$CHAPTER/steps/step3.py" step3.py
# before: cp "$CHAPTER/attack.py" attack.py
# before: cat > smuggle.py <<'END'
# before: import my_parser
# before: import step3
# before: from attack import HIDDEN, seen_behind, seen_by_gateway
# before: body = b"0\r\n\r\n" + HIDDEN
# before: data = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
# before: data += b"Content-Length: %d\r\n\r\n" % len(body) + body
# before: print("the gateway sees", seen_by_gateway(data))
# before: print("step 3 sees     ", seen_behind(step3, data))
# before: print("step 4 sees     ", seen_behind(my_parser, data))
# before: END
cat smuggle.py

python smuggle.py
