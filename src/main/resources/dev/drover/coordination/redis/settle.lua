-- A request is over: its places are free, and what it took in truth is known.
-- KEYS: of each quota its requests, tokens, places; of each budget what is spent, what is reserved
-- ARGV: the member; how many quotas, and of each microseconds of requests, microseconds of tokens,
--       places; how many budgets, and of each what was reserved, the part's name, its amount, how long
--       it is kept
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local next_argument = 0
local function argument()
  next_argument = next_argument + 1
  return ARGV[next_argument]
end
local function number() return tonumber(argument()) end

local function move(name, by)
  if by == 0 then return end
  local empty_at = redis.call('GET', name)
  local missing = empty_at and math.max(tonumber(empty_at) - now, 0) or 0
  if missing + by <= 0 then
    redis.call('DEL', name)
  else
    local empty_in = missing + by
    redis.call('SET', name, string.format('%.3f', now + empty_in), 'PX', math.ceil(empty_in / 1000) + 1)
  end
end

local function release(name, member, amount)
  if amount ~= '0' and redis.call('HINCRBY', name, member, '-' .. amount) <= 0 then
    redis.call('HDEL', name, member)
  end
end

local member = argument()
local key = 0
for _ = 1, number() do
  move(KEYS[key + 1], number())
  move(KEYS[key + 2], number())
  release(KEYS[key + 3], member, argument())
  key = key + 3
end
for _ = 1, number() do
  release(KEYS[key + 2], member, argument())
  local part, amount, ttl = argument(), argument(), argument()
  local known = redis.call('HGET', KEYS[key + 1], part)
  if tonumber(amount) > tonumber(known or 0) then
    redis.call('HSET', KEYS[key + 1], part, amount)
    redis.call('PEXPIRE', KEYS[key + 1], ttl)
  end
  key = key + 2
end
return {}
