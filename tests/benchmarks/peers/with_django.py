# type: ignore  # peers are installed only to compare: no type checker can know them
"""Django without the middleware that guards sites, and its own templates, for gunicorn's threads.

It has no server of static files that it calls fit for production; what it has for development
is measured, since the other columns would say nothing about it.
"""

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, JsonResponse
from django.template import engines
from django.urls import path
from django.views.static import serve
from tests.benchmarks import content


def pass_on(get_response):
    def layer(request):
        return get_response(request)

    return layer


settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="benchmark",
    MIDDLEWARE=[f"{__name__}.pass_on"] * content.LAYERS,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    DATA_UPLOAD_MAX_MEMORY_SIZE=16 * 1024 * 1024,
)
django.setup()
page = engines["django"].from_string(content.TEMPLATE)
notes = content.Notes()


def plaintext(request):
    return HttpResponse(content.HELLO, content_type="text/plain; charset=utf-8")


def as_json(request):
    return JsonResponse(content.MESSAGE)


def user(request, id):
    found = {name: request.headers.get(name) for name in content.ECHOED}
    return JsonResponse({"id": id, "q": request.GET.get("q"), **found})


def table(request):
    return HttpResponse(page.render({"title": content.TITLE, "rows": content.ROWS}))


def form(request):
    return JsonResponse({name: request.POST[name] for name in content.FIELDS})


def upload(request):
    file = request.FILES["file"]
    return JsonResponse({"name": file.name, "size": len(file.read())})


def sqlite(request, id):
    return JsonResponse(content.find_in_sqlite(id))


def postgresql(request, id):
    return JsonResponse(notes.find(id))


urlpatterns = [
    path("", plaintext),
    path("json", as_json),
    path("users/<str:id>", user),
    path("table", table),
    path("form", form),
    path("upload", upload),
    path("sqlite/<int:id>", sqlite),
    path("postgresql/<int:id>", postgresql),
    path("static/<path:path>", serve, {"document_root": content.STATIC}),
]
app = get_wsgi_application()
