-- Brings the parts of a budget together: of each the largest that is known.
-- KEYS: what is spent
-- ARGV: the oldest slot that counts; how long it is kept; how many slots are filled up, and of each,
--       the newest first, the part that takes what is missing and how much was spent since it began;
--       then parts and amounts
local oldest = tonumber(ARGV[1])
local fills = tonumber(ARGV[3])
for i = 4 + 2 * fills, #ARGV, 2 do
  local known = redis.call('HGET', KEYS[1], ARGV[i])
  if not known or tonumber(ARGV[i + 1]) > tonumber(known) then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  end
end
local all = redis.call('HGETALL', KEYS[1])
local function since(slot)
  local sum = 0
  for i = 1, #all, 2 do
    if tonumber(string.match(all[i], '^%d+')) >= slot then sum = sum + tonumber(all[i + 1]) end
  end
  return sum
end
local filled = 0
for f = 0, fills - 1 do
  local part, amount = ARGV[4 + 2 * f], tonumber(ARGV[5 + 2 * f])
  local missing = amount - since(tonumber(string.match(part, '^%d+'))) - filled
  if missing > 0 then
    redis.call('HINCRBY', KEYS[1], part, string.format('%.0f', missing))
    filled = filled + missing
  end
end
for i = 1, #all, 2 do
  if tonumber(string.match(all[i], '^%d+')) < oldest then redis.call('HDEL', KEYS[1], all[i]) end
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('HGETALL', KEYS[1])
