# replace: in [0-9.]+ *s => in N s
# before: rm my_router.py
groundup new notes

cat notes/app.py

cd notes && python -m groundup_testing tests
