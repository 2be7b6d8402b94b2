# before: rm my_router.py && groundup learn new router > new.txt && cp "$CHAPTER/steps/step1.py" my_router.py && groundup learn check router --to 1 > check.txt
groundup learn
