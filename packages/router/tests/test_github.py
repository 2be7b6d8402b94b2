"""A large table of the real world: the routes of GitHub's API, version 3."""

import random
import re

import pytest

from groundup_router import Router

# Method letters, then patterns: G GET, P POST, U PUT, A PATCH, D DELETE.
TABLE = """
GP /authorizations
GAD /authorizations/:id
U /authorizations/clients/:client_id
D /applications/:client_id/tokens
GD /applications/:client_id/tokens/:access_token
G /events
G /repos/:owner/:repo/events
G /networks/:owner/:repo/events
G /orgs/:org/events
G /users/:user/received_events
G /users/:user/received_events/public
G /users/:user/events
G /users/:user/events/public
G /users/:user/events/orgs/:org
G /feeds
GU /notifications
GU /repos/:owner/:repo/notifications
GA /notifications/threads/:id
GUD /notifications/threads/:id/subscription
G /repos/:owner/:repo/stargazers
G /users/:user/starred
G /user/starred
GUD /user/starred/:owner/:repo
G /repos/:owner/:repo/subscribers
G /users/:user/subscriptions
G /user/subscriptions
GUD /repos/:owner/:repo/subscription
GUD /user/subscriptions/:owner/:repo
G /users/:user/gists
GP /gists
G /gists/public
G /gists/starred
GAD /gists/:id
GUD /gists/:id/star
P /gists/:id/forks
P /repos/:owner/:repo/git/blobs
G /repos/:owner/:repo/git/blobs/:sha
P /repos/:owner/:repo/git/commits
G /repos/:owner/:repo/git/commits/:sha
GP /repos/:owner/:repo/git/refs
GAD /repos/:owner/:repo/git/refs/*ref
P /repos/:owner/:repo/git/tags
G /repos/:owner/:repo/git/tags/:sha
P /repos/:owner/:repo/git/trees
G /repos/:owner/:repo/git/trees/:sha
G /issues
G /user/issues
G /orgs/:org/issues
GP /repos/:owner/:repo/issues
GA /repos/:owner/:repo/issues/:number
G /repos/:owner/:repo/assignees
G /repos/:owner/:repo/assignees/:assignee
GP /repos/:owner/:repo/issues/:number/comments
G /repos/:owner/:repo/issues/comments
GAD /repos/:owner/:repo/issues/comments/:id
G /repos/:owner/:repo/issues/:number/events
G /repos/:owner/:repo/issues/events
G /repos/:owner/:repo/issues/events/:id
GP /repos/:owner/:repo/labels
GAD /repos/:owner/:repo/labels/:name
GPUD /repos/:owner/:repo/issues/:number/labels
D /repos/:owner/:repo/issues/:number/labels/:name
G /repos/:owner/:repo/milestones/:number/labels
GP /repos/:owner/:repo/milestones
GAD /repos/:owner/:repo/milestones/:number
G /emojis
G /gitignore/templates
G /gitignore/templates/:name
P /markdown
P /markdown/raw
G /meta
G /rate_limit
G /users/:user/orgs
G /user/orgs
GA /orgs/:org
G /orgs/:org/members
GD /orgs/:org/members/:user
G /orgs/:org/public_members
GUD /orgs/:org/public_members/:user
GP /orgs/:org/teams
GAD /teams/:id
G /teams/:id/members
GUD /teams/:id/members/:user
G /teams/:id/repos
GUD /teams/:id/repos/:owner/:repo
G /user/teams
GP /repos/:owner/:repo/pulls
GA /repos/:owner/:repo/pulls/:number
G /repos/:owner/:repo/pulls/:number/commits
G /repos/:owner/:repo/pulls/:number/files
GU /repos/:owner/:repo/pulls/:number/merge
GU /repos/:owner/:repo/pulls/:number/comments
G /repos/:owner/:repo/pulls/comments
GAD /repos/:owner/:repo/pulls/comments/:number
GP /user/repos
G /users/:user/repos
GP /orgs/:org/repos
G /repositories
GAD /repos/:owner/:repo
G /repos/:owner/:repo/contributors
G /repos/:owner/:repo/languages
G /repos/:owner/:repo/teams
G /repos/:owner/:repo/tags
G /repos/:owner/:repo/branches
G /repos/:owner/:repo/branches/:branch
G /repos/:owner/:repo/collaborators
GUD /repos/:owner/:repo/collaborators/:user
G /repos/:owner/:repo/comments
GP /repos/:owner/:repo/commits/:sha/comments
GAD /repos/:owner/:repo/comments/:id
G /repos/:owner/:repo/commits
G /repos/:owner/:repo/commits/:sha
G /repos/:owner/:repo/readme
GUD /repos/:owner/:repo/contents/*path
G /repos/:owner/:repo/:archive_format/:ref
GP /repos/:owner/:repo/keys
GAD /repos/:owner/:repo/keys/:id
G /repos/:owner/:repo/downloads
GD /repos/:owner/:repo/downloads/:id
GP /repos/:owner/:repo/forks
GP /repos/:owner/:repo/hooks
GAD /repos/:owner/:repo/hooks/:id
P /repos/:owner/:repo/hooks/:id/tests
P /repos/:owner/:repo/merges
GP /repos/:owner/:repo/releases
GAD /repos/:owner/:repo/releases/:id
G /repos/:owner/:repo/releases/:id/assets
G /repos/:owner/:repo/stats/contributors
G /repos/:owner/:repo/stats/commit_activity
G /repos/:owner/:repo/stats/code_frequency
G /repos/:owner/:repo/stats/participation
G /repos/:owner/:repo/stats/punch_card
GP /repos/:owner/:repo/statuses/:ref
G /search/repositories
G /search/code
G /search/issues
G /search/users
G /legacy/issues/search/:owner/:repository/:state/:keyword
G /legacy/repos/search/:keyword
G /legacy/user/search/:keyword
G /legacy/user/email/:email
G /users/:user
GA /user
G /users
GPD /user/emails
G /users/:user/followers
G /user/followers
G /users/:user/following
G /user/following
GUD /user/following/:user
G /users/:user/following/:target_user
G /users/:user/keys
GP /user/keys
GAD /user/keys/:id
"""
NAMES = {"G": "GET", "P": "POST", "U": "PUT", "A": "PATCH", "D": "DELETE"}
ROUTES = [
    (NAMES[letter], pattern)
    for letters, pattern in (line.split() for line in TABLE.strip().splitlines())
    for letter in letters
]


@pytest.mark.parametrize("seed", range(3))
def test_every_route_is_found_by_its_own_path_whatever_the_order(seed: int) -> None:
    shuffled = random.Random(seed).sample(ROUTES, len(ROUTES))
    router = Router()
    for method, pattern in shuffled:
        router.add(pattern, (method, pattern), methods=[method])

    for method, pattern in ROUTES:
        path = re.sub(r"[:*](\w+)", r"value-of-\1", pattern)
        match = router.match(path, method)
        assert match is not None, (method, pattern)
        assert match.handler == (method, pattern)
        assert match.params == {name: f"value-of-{name}" for name in match.route.parsed.names}


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/gists/public", "/gists/public"),
        ("/gists/7", "/gists/:id"),
        ("/repos/a/b/issues/comments", "/repos/:owner/:repo/issues/comments"),
        ("/repos/a/b/issues/7", "/repos/:owner/:repo/issues/:number"),
        ("/repos/a/b/tarball/main", "/repos/:owner/:repo/:archive_format/:ref"),
        ("/repos/a/b/readme/x", "/repos/:owner/:repo/:archive_format/:ref"),
        ("/repos/a/b/git/refs/heads/main", "/repos/:owner/:repo/git/refs/*ref"),
        ("/repos/a/b/git/refs", "/repos/:owner/:repo/git/refs"),
        ("/repos/a/b/readme/x/y", None),
        ("/gists/public/star", "/gists/:id/star"),
        ("/nowhere", None),
    ],
)
def test_neighbours_do_not_hide_each_other(path: str, pattern: str | None) -> None:
    router = Router()
    for method, text in ROUTES:
        router.add(text, None, methods=[method])

    match = router.match(path, "GET")

    assert (match and match.pattern) == pattern
