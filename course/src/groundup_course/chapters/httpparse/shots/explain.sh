printf 'GET /posts?tag=web HTTP/1.1\r\nHost: localhost\r\nACCEPT: text/html\r\naccept: */*\r\n\r\n' > get.http
python -m groundup_httpparse get.http

printf 'PUT /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n' > chunks.http
printf '5\r\nhello\r\n7;note=x\r\n, world\r\n0\r\nX-Check: 1\r\n\r\n' >> chunks.http
python -m groundup_httpparse chunks.http

printf 'GET / HTTP/1.1\r\nHost : localhost\r\n\r\n' | python -m groundup_httpparse -
