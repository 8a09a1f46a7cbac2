#!lua flags=no-writes
-- Reads what decisions need, for a list of (subject, event).
--
-- KEYS, for each: document, trail, events. ARGV, for each: event (16 bytes).
-- Returns for each, one after the other: the document, and the record that the event left
--   before (nil when there is none; its seq when it was moved to the log).
local call = redis.call
local found = {}

for i = 1, #ARGV do
  local seq = call('HGET', KEYS[3 * i], ARGV[i])
  found[2 * i - 1] = call('GET', KEYS[3 * i - 2])
  local record = seq and call('LINDEX', KEYS[3 * i - 1], seq - 1)
  found[2 * i] = record == '' and tonumber(seq) or record
end

return found
