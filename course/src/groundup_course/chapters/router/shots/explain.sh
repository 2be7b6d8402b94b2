python -m groundup_router /users/me/posts '/users/me' '/users/:id/posts' '/*'

python -m groundup_router /users/4x '/users/:id<int>' '/users/new'
