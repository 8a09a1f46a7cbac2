#!lua
-- Moves the published log on, unless somebody has moved it elsewhere.
--
-- KEYS: where the log stands. ARGV: where it must stand ('': nowhere yet), where it stands then.
-- Returns where it stands, nil for nowhere. The value is written also when it is there already, so that a wait
-- for durability that follows has something to wait for.
local call = redis.call
local found = call('GET', KEYS[1])

if found == ARGV[2] or (found or '') == ARGV[1] then
  call('SET', KEYS[1], ARGV[2])
  return ARGV[2]
end

return found
