#!lua flags=no-writes
-- What stands in stretches of feeds, without the records.
--
-- KEYS: feeds. ARGV: '1' for the newest first; entries to look at in each feed; what the subjects
--   wanted begin with; then for each feed the position to begin at and the last one to look at.
-- Returns for each feed id, subject, seq, id, ... of those wanted, and of the last entry that was
--   looked at, whether it is wanted or not.
local call = redis.call
local newest, count, prefix = ARGV[1] == '1', ARGV[2], ARGV[3]
local found = {}

for k = 1, #KEYS do
  local from, to = '0-' .. ARGV[2 * k + 2], '0-' .. ARGV[2 * k + 3]
  local entries
  if newest then
    entries = call('XREVRANGE', KEYS[k], from, to, 'COUNT', count)
  else
    entries = call('XRANGE', KEYS[k], from, to, 'COUNT', count)
  end
  local window = {}
  for n = 1, #entries do
    local id, fields = entries[n][1], entries[n][2]
    if n == #entries or string.sub(fields[2], 1, #prefix) == prefix then
      window[#window + 1] = id
      window[#window + 1] = fields[2]
      window[#window + 1] = fields[4]
    end
  end
  found[k] = window
end

return found
