# before: rm my_router.py && groundup new notes > new.txt && cd notes
groundup routes app

groundup explain / app
