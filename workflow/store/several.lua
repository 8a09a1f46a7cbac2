#!lua flags=no-writes
-- Several records, of one trail or of many.
--
-- KEYS: for each record the trail. ARGV: for each its seq.
-- Returns each record; in the place of one that is not there, an empty one.
local call = redis.call
local found = {}

for k = 1, #KEYS do
  found[k] = call('LINDEX', KEYS[k], ARGV[k] - 1) or ''
end

return found
