# before: printf '%s\n' '<a href="{{ url }}" title="{{ name }}">{{ name | uppercase }}</a>' > link.html
# before: printf '%s\n' '<ul>' '{% for user in users %}' '  <li>{{ user.name | uppercase }}</li>' '{% endfor %}' '</ul>' > list.html
# before: printf '%s\n' '<script>' '  var name = {{ name }}, hint = "{{ hint }}";' '</script>' > script.html
python -m groundup_templating list.html --explain

cat link.html

python -c 'from groundup_templating import explain; print(*explain(open("link.html").read()).places, sep="\n")'

cat script.html

python -m groundup_templating script.html --data '{"name": "</script>", "hint": "a \"b\""}'
