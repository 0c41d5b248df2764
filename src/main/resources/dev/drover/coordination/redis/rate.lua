-- Moves a quota by what one Drover took of it, and tells what all have taken.
-- KEYS: its requests, its tokens
-- ARGV: of each microseconds taken, and how many are missing at the least
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local reply = {}
for i = 1, 2 do
  local empty_at = redis.call('GET', KEYS[i])
  local missing = empty_at and math.max(tonumber(empty_at) - now, 0) or 0
  local empty_in = math.max(missing + tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i]), 0)
  if empty_in > 0 then
    redis.call('SET', KEYS[i], string.format('%.3f', now + empty_in), 'PX', math.ceil(empty_in / 1000) + 1)
  else
    redis.call('DEL', KEYS[i])
  end
  reply[i] = string.format('%.0f', empty_in)
end
return reply
