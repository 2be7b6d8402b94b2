# before: printf '%s\n' '<h1>Users</h1>' '<ul>' '  {% for user in users %}' '    <li>{{ user.name }} ({{ user.email | lowercase }})</li>' '  {% endfor %}' '</ul>' '{% if admin %}' '  <p>Admin panel: <a href="/admin">Click here</a></p>' '{% endif %}' > users.html
# before: printf '%s\n' 'from my_templates import Template' '' 'template = Template(open("users.html").read())' 'html = template.render({' '    "users": [' '        {"name": "Alice", "email": "ALICE@EXAMPLE.COM"},' '        {"name": "Bob", "email": "BOB@EXAMPLE.COM"},' '    ],' '    "admin": True' '})' 'print(html)' > session.py
cat users.html

cat session.py

python session.py
