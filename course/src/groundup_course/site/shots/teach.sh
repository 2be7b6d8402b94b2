# before: rm my_router.py && groundup learn new router > new.txt && cp "$CHAPTER/steps/step2.py" my_router.py
groundup learn check --all --json --seed 7 > verdicts.json; echo "exit status $?"

python -c '
import json
for one in json.load(open("verdicts.json")):
    print(one["chapter"], one["reached"], "of", one["upto"], one["problem"])
    for test in one["tests"]:
        print("   ", test["kind"], test["name"])'
