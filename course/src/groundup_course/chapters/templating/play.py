"""For the page: one template, rendered with what people really type."""

from groundup_templating import Template, TemplateError

page = Template("""\
<ul>
  {% for user in users %}
    <li><a href="{{ user.site }}">{{ user.name | uppercase }}</a></li>
  {% endfor %}
</ul>
""")

users = [
    {"name": "Ada & Bob", "site": "https://example.com/?q=<b>"},
    {"name": "<Eve>", "site": "javascript:alert(1)"},
]
print(page.render(users=users))

try:
    Template("<p>\n  {{ name | uppercaes }}\n</p>")
except TemplateError as error:
    print(error)
