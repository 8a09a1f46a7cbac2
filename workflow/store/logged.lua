#!lua flags=no-writes
-- Whether records are those that the log has next of their trails: the one before each has a
-- place there, and it has none.
--
-- KEYS: for each record the places of its trail. ARGV: for each the byte at which its place begins.
-- Returns which is the first of which that is not so, 0 when it is of all.
local call = redis.call
local WIDTH, NONE = 6, string.rep('\0', 6)

for k = 1, #KEYS do
  local begin = tonumber(ARGV[k])
  local before = math.max(0, begin - WIDTH)
  local found = call('GETRANGE', KEYS[k], before, begin + WIDTH - 1)
  if #found ~= begin - before or found == NONE then
    return k
  end
end

return 0
