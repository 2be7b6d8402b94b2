"""The blog that comes with the framework: every package at work in one small site.

models     what is stored: posts, comments; accounts come from ``groundup.accounts``
markup     what of a stranger's HTML may be shown
pictures   what of a stranger's upload is kept
posts      the questions to the database, and their answers as plain data
access     who is asking: a browser by its session, a program by its token
sharing    what several processes have in common
pages, accounts, comments    the handlers, each for people and for programs
app        all of it put together by ``create_app``
demo       twenty posts to begin with
"""

from groundup.blog.app import create_app

__all__ = ["create_app"]
