"""What the page asks before it tells; the answers come from step 4."""

from groundup_course.chapters.router.steps.step4 import Router


def p1_which_route() -> object:
    """The routes /users/:id and /users/me are added in this order: which one gets /users/me?

    choices: /users/:id | /users/me | neither
    because: Text goes before a parameter, whatever the order of adding.
    """
    router = Router()
    router.add("/users/:id", "/users/:id")
    router.add("/users/me", "/users/me")
    match = router.match("/users/me")
    return match["handler"] if match else "neither"


def p2_encoded_slash() -> object:
    """What are the parameters of /users/a%2Fb for the pattern /users/:name?

    choices: none, it does not match | {'name': 'a/b'} | {'name': 'a%2Fb'}
    because: The path is divided at its slashes first and decoded afterwards.
    """
    router = Router()
    router.add("/users/:name", "user")
    match = router.match("/users/a%2Fb")
    return match["params"] if match else "none, it does not match"


def p3_way_back() -> object:
    """The routes are /users/me and /users/:id/posts: which one gets /users/me/posts?

    choices: /users/me | /users/:id/posts | neither
    because: Below the text `me` is no `posts`, so the walk comes back and tries the parameter.
    """
    router = Router()
    router.add("/users/me", "/users/me")
    router.add("/users/:id/posts", "/users/:id/posts")
    match = router.match("/users/me/posts")
    return match["handler"] if match else "neither"
