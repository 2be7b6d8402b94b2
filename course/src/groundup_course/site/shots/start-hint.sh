# before: rm my_router.py && groundup learn new router > new.txt
groundup learn hint router
