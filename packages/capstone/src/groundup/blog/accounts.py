"""Sign up, log in and out: with forms for people, with JSON and tokens for programs."""

from contextlib import suppress

from groundup.application import Application
from groundup.blog.access import TOKEN, local_path, read_values, sign_in_first, wants_page
from groundup.blog.pages import render
from groundup_auth import AuthenticationSystem, AuthError
from groundup_compose import Buckets, rate_limit
from groundup_errors import ValidationError
from groundup_messages import Request, Response

__all__ = ["AccountPages"]

RATE = "30/minute"  # for each address; the authentication system counts failures as well


def require_values(request: Request, *names: str) -> list[str]:
    """Return the values of these names.

    Raises:
        ValidationError: Some are missing; the message says which.
    """
    values = read_values(request)
    missing = [name for name in names if not values.get(name)]
    if missing:
        raise ValidationError(f"missing: {', '.join(missing)}")
    return [values[name] for name in names]


def enter(request: Request, token: str) -> None:
    """Begin a browser's log-in, under a new session id so that a planted one is worth nothing."""
    request.session.rotate()
    request.session[TOKEN] = token


class AccountPages:
    """The handlers of accounts.  Blocking: each runs in a worker thread."""

    def __init__(
        self, app: Application, auth: AuthenticationSystem, buckets: Buckets | None = None
    ) -> None:
        self._app = app
        self._buckets = buckets
        self._auth = auth

    def add_routes(self) -> None:
        """Register the handlers."""
        app, careful = self._app, [rate_limit(RATE, store=self._buckets, name="accounts")]
        app.get("/register", name="register_page")(self.register_page)
        app.post("/register", name="register", middleware=careful)(self.register)
        app.get("/login", name="login_page")(self.login_page)
        app.post("/login", name="login", middleware=careful)(self.login)
        app.post("/logout", name="logout")(self.logout)
        app.get("/profile", name="profile")(sign_in_first(self.profile))

    def register_page(self, request: Request) -> Response:
        """Show the form to sign up."""
        return self._form(request, "register.html")

    def register(self, request: Request) -> Response:
        """Add a user; a browser is logged in at once."""
        try:
            username, email, password = require_values(request, "username", "email", "password")
            user_id = self._auth.register(email, password, username, source=request.ip)
        except (AuthError, ValidationError) as error:
            if not wants_page(request):
                raise
            return self._form(request, "register.html", error)
        if not wants_page(request):
            return Response.json({"id": user_id, "username": username, "email": email})
        enter(request, self._auth.login(email, password, source=request.ip))
        request.session.flash(f"Welcome, {username}!")
        return Response.redirect("/")

    def login_page(self, request: Request) -> Response:
        """Show the form to log in."""
        return self._form(request, "login.html")

    def login(self, request: Request) -> Response:
        """Check a password: a program gets a token, a browser a session."""
        try:
            username, password = require_values(request, "username", "password")
            token = self._auth.login(username, password, source=request.ip)
        except (AuthError, ValidationError) as error:
            if not wants_page(request):
                raise
            return self._form(request, "login.html", error)
        if not wants_page(request):
            return Response.json({"token": token, "token_type": "Bearer"})
        enter(request, token)
        return Response.redirect(local_path(read_values(request).get("next")))

    def logout(self, request: Request) -> Response:
        """End the log-in that the request came with."""
        if request.bearer_token:
            self._auth.logout(request.bearer_token)
        elif token := request.session.get(TOKEN):
            with suppress(AuthError):  # it has ended already, and the session goes now
                self._auth.logout(token)
        request.session.invalidate()
        return Response.redirect("/") if wants_page(request) else Response(204)

    def profile(self, request: Request) -> Response:
        """Show who is logged in."""
        user = request.user
        if wants_page(request):
            return render(self._app, request, "profile.html")
        return Response.json({"id": user.id, "username": user.username, "email": user.email})

    def _form(self, request: Request, name: str, error: Exception | None = None) -> Response:
        """Return a form: empty, or with what was typed (but the password) and what is wrong."""
        values, status, message = request.query.to_dict(), 200, None
        if error is not None:
            values = {**read_values(request), "password": ""}
            status, message = getattr(error, "status", 400), getattr(error, "message", str(error))
        return render(self._app, request, name, status, values=values, error=message)
