-- A sign of life, and the targets that rest.
-- KEYS: the live members; when this memory began; the rests
-- ARGV: the member; for how many microseconds it counts as live; then names of rests and for how many
--       microseconds they last, negative: it is over
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
redis.call('SET', KEYS[2], string.format('%.0f', now), 'NX')
for i = 3, #ARGV, 2 do
  local lasts = tonumber(ARGV[i + 1])
  local until_time = redis.call('HGET', KEYS[3], ARGV[i])
  if lasts < 0 then
    redis.call('HDEL', KEYS[3], ARGV[i])
  elseif not until_time or now + lasts > tonumber(until_time) then
    redis.call('HSET', KEYS[3], ARGV[i], string.format('%.0f', now + lasts))
  end
end
local reply = {string.format('%.0f', now), redis.call('GET', KEYS[2])}
local rests = redis.call('HGETALL', KEYS[3])
for i = 1, #rests, 2 do
  if tonumber(rests[i + 1]) <= now then
    redis.call('HDEL', KEYS[3], rests[i])
  else
    reply[#reply + 1] = rests[i]
    reply[#reply + 1] = rests[i + 1]
  end
end
return reply
