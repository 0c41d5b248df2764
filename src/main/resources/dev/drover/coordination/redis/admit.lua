-- Gives an answer that is kept, or else takes a place in all quotas and budgets, or in none.
-- KEYS: the live members; the kept answer; of each quota its requests, tokens, places; of each
--       budget what is spent, what is reserved
-- ARGV: the member, for how many microseconds it counts as live; how many sources and the sources; how
--       many quotas, tokens asked for, and of each quota five numbers; how many budgets, and of each
--       budget seven values
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local next_argument = 0
local function argument()
  next_argument = next_argument + 1
  return ARGV[next_argument]
end
local function number() return tonumber(argument()) end

local member = argument()
local life = number()
local kept = false
local sources = number()
if sources > 0 then
  local answer = redis.call('HMGET', KEYS[2], 'source', 'stream', 'type', 'target', 'model', 'cost', 'body')
  for _ = 1, sources do
    if argument() == answer[1] then kept = answer end
  end
  if kept then
    return {'kept', tostring(redis.call('PTTL', KEYS[2])), kept[2], kept[3], kept[4], kept[5], kept[6], kept[7]}
  end
end

-- Who asks lives, even if this Redis has just forgotten it.
local lives = {[member] = true}
redis.call('ZADD', KEYS[1], 'NX', now + life, member)
local function alive(name)
  if lives[name] == nil then
    local until_time = redis.call('ZSCORE', KEYS[1], name)
    lives[name] = until_time and tonumber(until_time) > now or false
  end
  return lives[name]
end

-- What members hold; those that are gone hold nothing.
local function held(key)
  local all = redis.call('HGETALL', key)
  local sum = 0
  for i = 1, #all, 2 do
    if alive(all[i]) then
      sum = sum + tonumber(all[i + 1])
    else
      redis.call('HDEL', key, all[i])
    end
  end
  return sum
end

-- Microseconds until all units are there again.
local function missing(key)
  local empty_at = redis.call('GET', key)
  return empty_at and math.max(tonumber(empty_at) - now, 0) or 0
end

-- The clock's doubles are right to a quarter of a microsecond.
local TOLERANCE = 10

local quotas = {}
local key = 2
local count = number()
local tokens = number()
for i = 1, count do
  local q = {requests = KEYS[key + 1], tokens = KEYS[key + 2], places = KEYS[key + 3]}
  key = key + 3
  local request_time, request_burst = number(), number()
  local token_time, token_burst = number(), number()
  q.most = number()
  if q.most >= 0 and held(q.places) >= q.most then
    return {'full', tostring(i), 'places', '0'}
  end
  q.request_cost = request_time
  q.token_cost = tokens * token_time
  q.requests_missing = request_time > 0 and missing(q.requests) or 0
  q.tokens_missing = token_time > 0 and missing(q.tokens) or 0
  local wait = q.requests_missing - math.max(request_burst - q.request_cost, 0)
  if request_time > 0 and wait > TOLERANCE then
    return {'full', tostring(i), 'requests', string.format('%.0f', math.ceil(wait))}
  end
  wait = q.tokens_missing - math.max(token_burst - q.token_cost, 0)
  if token_time > 0 and wait > TOLERANCE then
    return {'full', tostring(i), 'tokens', string.format('%.0f', math.ceil(wait))}
  end
  quotas[i] = q
end

local budgets = {}
local overdrawn = {}
for i = 1, number() do
  local b = {spent = KEYS[key + 1], reserved = KEYS[key + 2]}
  key = key + 2
  local limit, amount, known = number(), argument(), number()
  local lone = argument() == '1'
  local degrades, oldest = argument() == '1', number()
  b.amount = amount
  b.ttl = argument()
  local spent = 0
  local parts = redis.call('HGETALL', b.spent)
  for p = 1, #parts, 2 do
    if tonumber(string.match(parts[p], '^%d+')) >= oldest then
      spent = spent + tonumber(parts[p + 1])
    end
  end
  spent = math.max(spent, known)
  local reserved = held(b.reserved)
  local alone = lone and reserved == 0 and spent < limit
  if not alone and tonumber(amount) > limit - spent - reserved then
    if not degrades then
      return {'spent', tostring(i), string.format('%.0f', spent)}
    end
    overdrawn[#overdrawn + 1] = tostring(i)
    overdrawn[#overdrawn + 1] = string.format('%.0f', spent)
  end
  budgets[i] = b
end

-- All have room: now they are changed.
local function take(name, was_missing, cost)
  if cost > 0 then
    local empty_in = was_missing + cost
    redis.call('SET', name, string.format('%.3f', now + empty_in), 'PX', math.ceil(empty_in / 1000) + 1)
    return empty_in
  end
  return was_missing
end
local reply = {'in'}
for _, q in ipairs(quotas) do
  reply[#reply + 1] = string.format('%.0f', take(q.requests, q.requests_missing, q.request_cost))
  reply[#reply + 1] = string.format('%.0f', take(q.tokens, q.tokens_missing, q.token_cost))
  if q.most >= 0 then
    redis.call('HINCRBY', q.places, member, 1)
    redis.call('PEXPIRE', q.places, 86400000)
  end
end
for _, b in ipairs(budgets) do
  redis.call('HINCRBY', b.reserved, member, b.amount)
  redis.call('PEXPIRE', b.reserved, b.ttl)
end
for _, value in ipairs(overdrawn) do reply[#reply + 1] = value end
return reply
