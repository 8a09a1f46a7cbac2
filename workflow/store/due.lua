#!lua flags=no-writes
-- The subjects of a kind whose time has come, the longest waiting of each partition first.
--
-- KEYS, for each partition: the times. ARGV: now (ms), how many at most.
-- Returns the first time of each partition, due or not ('': it has none), up to where enough was
--   found; and id, time, id, time, ...
local call = redis.call
local times, found, now, wanted = {}, {}, tonumber(ARGV[1]), tonumber(ARGV[2])

for k = 1, #KEYS do
  local left = wanted - #found / 2
  if left == 0 then
    break
  end
  local first = call('ZRANGE', KEYS[k], 0, 0, 'WITHSCORES')[2]
  times[k] = first or ''
  if first and tonumber(first) <= now then
    local due = call('ZRANGEBYSCORE', KEYS[k], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, left)
    for _, part in ipairs(due) do
      found[#found + 1] = part
    end
  end
end

return { times, found }
