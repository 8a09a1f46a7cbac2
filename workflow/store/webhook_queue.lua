#!lua
-- Queues one delivery of a webhook, to be tried at once: one more time, or one of its own. It
-- changes no subject, and the same again changes nothing. Whoever delivers is told at the bell.
--
-- KEYS: pending, due, deliveries, all of them, those made, those given up, times. ARGV: id,
--   application, what stands for it in the queue, its name, what is known of it, now (ms), whether
--   it is a new one ('1').
-- Returns 1; 0 when it is not new and nothing is known of it any more: then nothing is written.
local call = redis.call
local pending, due, deliveries, all, made, dead, times = unpack(KEYS)
local id, application, member, name, known, now = unpack(ARGV)

if ARGV[7] == '1' then
  call('ZADD', all, now, name)
elseif not call('HGET', deliveries, name) then
  return 0
end

call('HSET', deliveries, name, known)
call('ZREM', made, name)
call('ZREM', dead, name)
call('ZADD', pending, 0, member)
call('ZADD', due, now, application)
call('ZADD', times, now, id)
call('SPUBLISH', string.match(times, '^{%x+}') .. 'b', 'webhook/' .. id)

return 1
