-- Remembers for a time where a response is stored, unless it is another owner's.
-- KEYS: the response
-- ARGV: for how many milliseconds; the owner; then names and values
local owner = redis.call('HGET', KEYS[1], 'owner')
if owner and owner ~= ARGV[2] then return {} end
redis.call('HSET', KEYS[1], 'owner', ARGV[2])
for i = 3, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return {}
