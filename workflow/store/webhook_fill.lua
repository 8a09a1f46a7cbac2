#!lua
-- Queues deliveries of a webhook, and notes up to where the feeds have been looked through for it.
-- It changes no subject. Whoever delivers is told at the bell when there is anything.
--
-- KEYS: standing, pending, due, deliveries, all of them, times. ARGV: id, now (ms), how many
--   positions move, for each of them its name, where it must be ('': nowhere yet) and where it is
--   then; and for each delivery the application, what stands for it in the queue, its name and
--   what is known of it.
-- Returns 1; 0 when somebody else has looked on from there: then nothing is written.
local call = redis.call
local standing, pending, due, deliveries, all, times = unpack(KEYS)
local id, now, moved = ARGV[1], ARGV[2], tonumber(ARGV[3])

for a = 4, 3 * moved + 3, 3 do
  if (call('HGET', standing, ARGV[a]) or '') ~= ARGV[a + 1] then
    return 0
  end
end

for a = 4, 3 * moved + 3, 3 do
  call('HSET', standing, ARGV[a], ARGV[a + 2])
end
for a = 3 * moved + 4, #ARGV, 4 do
  call('ZADD', pending, 0, ARGV[a + 1])
  call('HSET', deliveries, ARGV[a + 2], ARGV[a + 3])
  call('ZADD', all, now, ARGV[a + 2])
  if not call('ZSCORE', due, ARGV[a]) then
    call('ZADD', due, now, ARGV[a])
  end
end
local first = call('ZRANGEBYSCORE', due, '-inf', '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
if first[2] then
  call('ZADD', times, first[2], id)
end
if #ARGV > 3 * moved + 3 then
  call('SPUBLISH', string.match(times, '^{%x+}') .. 'b', 'webhook/' .. id)
end

return 1
