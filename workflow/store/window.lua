#!lua flags=no-writes
-- What stands in stretches of feeds, without the records.
--
-- KEYS: feeds; then for each the places of what was taken from it. ARGV: '1' for the newest first; entries to look at in each feed; what the subjects
--   wanted begin with; then for each feed the position to begin at and the last one to look at.
-- Returns for each feed id, subject, seq, id, ... of those wanted, and of the last entry that was
--   looked at, whether it is wanted or not. Where a stretch begins at what was taken from its feed,
--   instead of that the lowest position and the places of some that follow each other from there on.
local call = redis.call
local newest, count, prefix = ARGV[1] == '1', ARGV[2], ARGV[3]
local WIDTH = 6
local feeds = #KEYS / 2
local found = {}

local function taken(places, from, to, gone)
  local low, high = math.max(from, 1), math.min(to, from + count - 1, gone)
  if newest then
    low, high = math.max(to, from - count + 1, 1), from
  end
  if low > high then
    return {}
  end
  return { low, call('GETRANGE', places, WIDTH * (low - 1), WIDTH * high - 1) }
end

local function kept(feed, from, to)
  local entries
  if newest then
    entries = call('XREVRANGE', feed, from, to, 'COUNT', count)
  else
    entries = call('XRANGE', feed, from, to, 'COUNT', count)
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
  return window
end

for k = 1, feeds do
  local from, to = ARGV[2 * k + 2], ARGV[2 * k + 3]
  local gone = call('STRLEN', KEYS[feeds + k]) / WIDTH
  if tonumber(from) <= gone then
    found[k] = taken(KEYS[feeds + k], tonumber(from), tonumber(to), gone)
  else
    found[k] = kept(KEYS[k], '0-' .. from, '0-' .. to)
  end
end

return found
