# before: rm my_router.py && groundup new notes > new.txt && cd notes
groundup check --deploy; echo "exit status $?"
