# before: printf '%s\n' 'from my_router import Router' '' 'router = Router()' 'router.add("/", "home_handler")' 'router.add("/users", "list_users")' 'router.add("/users/:id", "get_user")' 'router.add("/files/*", "serve_file")' 'router.add("/api/:version/items/:id", "api_handler")' '' 'match = router.match("/users/42")' 'print(match["handler"])' 'print(match["params"])' '' 'match = router.match("/files/docs/resume.pdf")' 'print(match["params"])' > session.py
cat session.py

python session.py
