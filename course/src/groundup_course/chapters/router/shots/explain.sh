# replace: \((/|[A-Z]:).*?groundup_router.__main__.py:\d+\) => (the command line)
python -m groundup_router /users/me/posts '/users/me' '/users/:id/posts' '/*'

python -m groundup_router /users/4x '/users/:id<int>' '/users/new'
