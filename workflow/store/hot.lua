#!lua flags=no-writes
-- The first record of each trail that has not been moved to the log.
--
-- What has been moved is the beginning of a trail, so the place is found by halving.
--
-- KEYS: trails. Returns for each, one after the other: the seq and the record; 0 and '' where
--   there is none.
local call = redis.call
local found = {}

for k = 1, #KEYS do
  local moved, last = -1, call('LLEN', KEYS[k]) - 1
  local seq, record = 0, ''
  if last >= 0 and call('LINDEX', KEYS[k], last) ~= '' then
    if call('LINDEX', KEYS[k], 0) ~= '' then
      last = 0
    end
    while last - moved > 1 do
      local middle = math.floor((moved + last) / 2)
      if call('LINDEX', KEYS[k], middle) == '' then
        moved = middle
      else
        last = middle
      end
    end
    seq, record = last + 1, call('LINDEX', KEYS[k], last)
  end
  found[2 * k - 1], found[2 * k] = seq, record
end

return found
