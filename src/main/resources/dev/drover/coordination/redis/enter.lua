-- A new member takes over what an old one held.
-- KEYS: the live members; places and reservations
-- ARGV: the member, the old one; how much of each
redis.call('ZREM', KEYS[1], ARGV[2])
for i = 2, #KEYS do
  redis.call('HINCRBY', KEYS[i], ARGV[1], ARGV[i + 1])
  redis.call('PEXPIRE', KEYS[i], 86400000)
end
return {}
