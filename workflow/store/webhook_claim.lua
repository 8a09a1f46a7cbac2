#!lua
-- Takes deliveries of a webhook that are to be tried now, the first of each application, for a
-- while; and notes when the next is due. It changes no subject.
--
-- KEYS: pending, due, deliveries, times. ARGV: id, now (ms), until when they are taken (ms), how
--   many at the most.
-- Returns for each: the application, what stands for it in the queue, what is known of it.
local call = redis.call
local pending, due, deliveries, times = unpack(KEYS)
local id, now, lease, limit = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local taken = {}

for _, application in ipairs(call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, limit)) do
  local low, high = '[' .. application .. '\0', '(' .. application .. '\1'
  local first = call('ZRANGEBYLEX', pending, low, high, 'LIMIT', 0, 1)[1]
  if first then
    call('ZADD', due, lease, application)
    local name = 'msg_' .. string.gsub(first, '%z0*', '_')
    taken[#taken + 1] = application
    taken[#taken + 1] = first
    taken[#taken + 1] = call('HGET', deliveries, name) or ''
  else
    call('ZREM', due, application)
  end
end

local next = call('ZRANGEBYSCORE', due, '-inf', '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
if next[2] then
  call('ZADD', times, next[2], id)
else
  call('ZREM', times, id)
end

return taken
