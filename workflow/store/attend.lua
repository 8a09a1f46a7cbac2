#!lua
-- Notes that a subject which was due has been attended to. It changes no subject: only where one
-- is found by what time alone has brought, and when it is looked at next.
--
-- KEYS: document, times, the indexes gained. ARGV: id, the time that was seen, basis, when it is
--   due next (ms, -1: never), creation time (ms).
-- Returns 1, or 0 when the subject has moved on since it was seen; then nothing is written.
local call = redis.call
local document, times = KEYS[1], KEYS[2]
local id, seen, basis, due = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local score = call('ZSCORE', times, id)
if not score or tonumber(score) ~= tonumber(seen)
  or call('GETRANGE', document, 0, #basis - 1) ~= basis then
  return 0
end

for k = 3, #KEYS do
  call('ZADD', KEYS[k], ARGV[5], id)
end
if due == '-1' then
  call('ZREM', times, id)
else
  call('ZADD', times, due, id)
end

return 1
