# before: printf '%s\n' '<ul>' '{% for user in users %}' '  <li>{{ user.name | uppercase }}</li>' '{% endfor %}' '</ul>' > list.html
cat list.html

python -c 'from my_templates import Template; print(Template(open("list.html").read()).python)'
