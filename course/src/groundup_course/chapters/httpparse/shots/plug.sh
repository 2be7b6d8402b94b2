# before: cp my_parser.py step4.py && rm my_parser.py && groundup learn new httpparse > /dev/null
# before: cp step4.py my_parser.py && groundup learn check httpparse > /dev/null
# before: cat > visit.py <<'END'
# before: import http.client, re, time
# before: from pathlib import Path
# before: while not (port := re.search(r"localhost:(\d+)", Path("blog.log").read_text())):
# before:     time.sleep(0.05)
# before: def ask(what, method, path, body=None, **headers):
# before:     connection = http.client.HTTPConnection("127.0.0.1", int(port[1]), timeout=30)
# before:     fields = {name.replace("_", "-"): value for name, value in headers.items()}
# before:     connection.request(method, path, body, fields)
# before:     answer = connection.getresponse()
# before:     print(f"{what:32} {answer.status}")
# before:     text = answer.read().decode()
# before:     connection.close()
# before:     return text
# before: form = {"Content_Type": "application/x-www-form-urlencoded"}
# before: ada = "username=ada&email=ada%40example.org&password=Loveletters1"
# before: ask("the first page", "GET", "/")
# before: ask("a form: Ada signs up", "POST", "/register", ada, **form)
# before: token = re.search(r'"token": ?"([^"]+)"', ask("a form: Ada logs in", "POST", "/login", ada, **form))
# before: parts = {"title": "A post", "content": "Through my own parser."}
# before: body = "".join(f'--cut\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in parts.items())
# before: body = (body + "--cut--\r\n").encode()
# before: form = {"Content_Type": "multipart/form-data; boundary=cut", "Authorization": f"Bearer {token[1]}"}
# before: ask("multipart, with Content-Length", "POST", "/posts", body, **form)
# before: pieces = [body[at : at + 40] for at in range(0, len(body), 40)]
# before: ask("multipart, in chunks", "POST", "/posts", iter(pieces), **form)
# before: ask("two lengths", "POST", "/", b"", Content_Length="5", Transfer_Encoding="chunked")
# before: END
groundup learn plug httpparse

groundup learn start --port 0 > blog.log 2>&1 &
python visit.py
kill $!
wait

groundup learn report
