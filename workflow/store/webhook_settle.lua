#!lua
-- Notes what became of a delivery that was taken to be tried. It changes no subject. Where nothing
-- waits any more, nothing fails: days without events are no days of failing.
--
-- KEYS: standing, pending, due, deliveries, all of them, those that ended so, times. ARGV: id,
--   application, what stands for it in the queue, until when it was taken, its name, what is known
--   of it, when it is tried next (ms, '': never), what it counts as, now (ms), how many that ended
--   so are kept.
-- Returns 1; 0 when somebody else has taken it since: then nothing is written.
local call = redis.call
local standing, pending, due, deliveries, all, ended, times = unpack(KEYS)
local id, application, member, lease, name = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local known, again, outcome, now, kept = ARGV[6], ARGV[7], ARGV[8], ARGV[9], tonumber(ARGV[10])

local score = call('ZSCORE', due, application)
if not score or tonumber(score) ~= tonumber(lease) then
  return 0
end

if again ~= '' then
  call('HSET', deliveries, name, known)
  call('ZADD', due, again, application)
  if outcome == 'failed' and not call('HGET', standing, 'failing') then
    call('HSET', standing, 'failing', now)
  end
else
  call('ZREM', pending, member)
  call('HSET', standing, outcome, (call('HGET', standing, outcome) or 0) + 1)
  if outcome == 'dropped' then
    call('HDEL', deliveries, name)
    call('ZREM', all, name)
  else
    call('HSET', deliveries, name, known)
    call('ZADD', ended, now, name)
    local beyond = call('ZCARD', ended) - kept
    if beyond > 0 then
      for _, oldest in ipairs(call('ZRANGEBYSCORE', ended, '-inf', '+inf', 'LIMIT', 0, beyond)) do
        call('ZREM', ended, oldest)
        call('ZREM', all, oldest)
        call('HDEL', deliveries, oldest)
      end
    end
  end
  if outcome == 'delivered' then
    call('HDEL', standing, 'failing')
  elseif outcome == 'dead' and not call('HGET', standing, 'failing') then
    call('HSET', standing, 'failing', now)
  end
  local low, high = '[' .. application .. '\0', '(' .. application .. '\1'
  if call('ZRANGEBYLEX', pending, low, high, 'LIMIT', 0, 1)[1] then
    call('ZADD', due, now, application)
  else
    call('ZREM', due, application)
  end
end

local next = call('ZRANGEBYSCORE', due, '-inf', '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
if next[2] then
  call('ZADD', times, next[2], id)
else
  call('ZREM', times, id)
  call('HDEL', standing, 'failing')
end

return 1
