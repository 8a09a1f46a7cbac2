#!lua flags=no-writes
-- What follows given positions in feeds, with where the log has it.
--
-- KEYS: feeds. ARGV: entries wanted of each, and for each the position after which to begin.
-- Returns for each feed subject, seq, place, subject, ...; the place as it is noted, short of its
--   bytes where it is not.
local call = redis.call
local WIDTH = 6
local found = {}

for k = 1, #KEYS do
  local entries = call('XRANGE', KEYS[k], '(0-' .. ARGV[k + 1], '+', 'COUNT', ARGV[1])
  local places = string.match(KEYS[k], '^{%x+}') .. 'p:'
  local run = {}
  for n = 1, #entries do
    local fields = entries[n][2]
    local from = WIDTH * (fields[4] - 1)
    run[3 * n - 2], run[3 * n - 1] = fields[2], fields[4]
    run[3 * n] = call('GETRANGE', places .. fields[2], from, from + WIDTH - 1)
  end
  found[k] = run
end

return found
