#!lua flags=no-writes
-- The subjects of a kind whose time has come, the longest waiting of each partition first.
--
-- KEYS, for each partition: the times. ARGV: now (ms), how many at most.
-- Returns id, time, id, time, ...
local call = redis.call
local found, wanted = {}, tonumber(ARGV[2])

for k = 1, #KEYS do
  local left = wanted - #found / 2
  if left == 0 then
    break
  end
  local due = call('ZRANGEBYSCORE', KEYS[k], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, left)
  for _, part in ipairs(due) do
    found[#found + 1] = part
  end
end

return found
