"""For the page: a stream that arrives in any pieces, cut into lines by the package's buffer."""

from groundup_tcpserver import Buffer

buffer = Buffer()
for piece in (b"HELO exam", b"ple.org\r", b"\nDATA\r\nQU", b"IT\r\n"):
    buffer.add(piece)
    print("arrived", piece)
    while (line := buffer.take_until(b"\r\n", 100)) is not None:
        print("   line", line)
