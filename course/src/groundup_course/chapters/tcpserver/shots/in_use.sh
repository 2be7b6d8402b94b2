# before: exec 2>&1; trap 'kill $! 2>/dev/null' EXIT
# before: python() { command python "$@" > .server.log 2>&1 & until grep -q "^Listening" .server.log; do sleep 0.1; done; cat .server.log; PORT=$(sed 's/.*port \([0-9]*\).*/\1/' .server.log); }
# before: second() { command python "$@"; }
# replace: --port 0 => --port 8000 &
# replace: \$PORT => 8000
# replace: \bsecond => python
# replace: port [0-9]+ => port 8000
# replace: 127.0.0.1:[0-9]+ => 127.0.0.1:8000
python -m groundup_tcpserver --port 0

second -m groundup_tcpserver --port $PORT
