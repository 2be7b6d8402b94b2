"""For the page: routes of several kinds, and where paths go."""

from groundup_router import Router

router = Router()
router.add("/users/:id<int>", "get_user")
router.add("/users/me", "my_page")
router.add("/files/*", "serve_file")

for path in ("/users/7", "/users/me", "/files/a/b.txt", "/users/x"):
    match = router.match(path)
    print(f"{path:16}", match and (match["handler"], match["params"]))
