-- Tells where responses are stored.
-- KEYS: the responses
-- Returns for each: its values in the order of ARGV, or as many empty texts where it is unknown
-- ARGV: the names of the values
local reply = {}
for _, key in ipairs(KEYS) do
  local values = redis.call('HMGET', key, unpack(ARGV))
  for i = 1, #ARGV do reply[#reply + 1] = values[i] or '' end
end
return reply
