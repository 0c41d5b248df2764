-- Forgets where a response is stored.
-- KEYS: the response
redis.call('DEL', KEYS[1])
return {}
