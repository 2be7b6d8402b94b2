# before: rm my_router.py
groundup learn new router

groundup learn check router --to 1 --seed 7
