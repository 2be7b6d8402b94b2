# before: printf '%s\n' 'from my_server import TCPServer' '' '' 'def greet(connection):' '    connection.send(b"Hello from server!\r\n")' '' '' 'server = TCPServer("localhost", 8000, greet)' 'print(f"Listening on port {server.address[1]}...")' 'server.serve_forever()' > tcp_server.py
# before: printf '%s\n' 'import socket' 'import sys' '' 'address = sys.argv[1], int(sys.argv[2])' 'with socket.create_connection(address) as client:' '    print(f"Connected to {address[0]}.")' '    while data := client.recv(100):' '        print(data.decode(), end="")' > talk.py
# before: PORT=$(python -c 'import socket; s = socket.socket(); s.bind(("localhost", 0)); print(s.getsockname()[1])')
# before: sed "s/8000/$PORT/" tcp_server.py > .server.py; export PORT; trap 'kill $! 2>/dev/null' EXIT
# before: python() { if [ "$1" = tcp_server.py ]; then exec python .server.py; else command python "$@"; fi; }
# before: cat() { [ -z "$!" ] || until command python talk.py localhost $PORT > .log 2>&1; do sleep 0.1; done; command cat "$@"; }
# replace: port [0-9]+ => port 8000
# replace: \$PORT => 8000
cat tcp_server.py

cat talk.py

python tcp_server.py &

python talk.py localhost $PORT
