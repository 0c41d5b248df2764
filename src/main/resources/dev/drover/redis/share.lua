-- Brings the parts of a budget together: of each the largest that is known.
-- KEYS: what is spent
-- ARGV: the oldest slot that counts; how long it is kept; a part that fills up what is missing to an
--       amount, and that amount, or two empty texts; then parts and amounts
local oldest = tonumber(ARGV[1])
for i = 5, #ARGV, 2 do
  local known = redis.call('HGET', KEYS[1], ARGV[i])
  if not known or tonumber(ARGV[i + 1]) > tonumber(known) then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  end
end
local sum = 0
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if tonumber(string.match(all[i], '^%d+')) < oldest then
    redis.call('HDEL', KEYS[1], all[i])
  else
    sum = sum + tonumber(all[i + 1])
  end
end
if ARGV[3] ~= '' and tonumber(ARGV[4]) > sum then
  redis.call('HINCRBY', KEYS[1], ARGV[3], string.format('%.0f', tonumber(ARGV[4]) - sum))
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('HGETALL', KEYS[1])
