-- Keeps an answer for a time, in place of an earlier one.
-- KEYS: the answer
-- ARGV: for how many milliseconds; then names and values
redis.call('DEL', KEYS[1])
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return {}
