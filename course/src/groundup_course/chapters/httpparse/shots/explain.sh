printf 'GET /posts?tag=web HTTP/1.1\r\nHost: localhost\r\n' > get.http
printf 'ACCEPT: text/html\r\naccept: */*\r\n\r\n' >> get.http
python -m groundup_httpparse get.http

printf 'PUT /a HTTP/1.1\r\nHost: localhost\r\n' > chunks.http
printf 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n' >> chunks.http
printf '7;note=x\r\n, world\r\n0\r\nX-Check: 1\r\n\r\n' >> chunks.http
python -m groundup_httpparse chunks.http

printf 'GET / HTTP/1.1\r\nHost : localhost\r\n\r\n' > wrong.http
python -m groundup_httpparse wrong.http
