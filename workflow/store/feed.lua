#!lua flags=no-writes
-- The records that follow given positions in feeds.
--
-- KEYS: feeds. ARGV: entries wanted, bytes after which no more are added, and for each feed the
--   position after which to begin.
-- Returns for each feed that has any: its place in KEYS, then subject, seq, record, subject, ...
--   In the place of a record that is not in its trail stands an empty one; a feed whose entries
--   do not follow each other has a place and nothing else.
local call = redis.call
local wanted, room = tonumber(ARGV[1]), tonumber(ARGV[2])
local found = {}

for k = 1, #KEYS do
  if wanted <= 0 or room <= 0 then
    break
  end
  local position = ARGV[k + 2]
  local entries = call('XRANGE', KEYS[k], '(0-' .. position, '+', 'COUNT', wanted)
  local count = #entries
  if count > 0 then
    local run = { k }
    if entries[count][1] == string.format('0-%.0f', position + count) then
      local trails = string.match(KEYS[k], '^{%x+}') .. 't:'
      for n = 1, count do
        local fields = entries[n][2]
        local record = call('LINDEX', trails .. fields[2], fields[4] - 1) or ''
        run[3 * n - 1], run[3 * n], run[3 * n + 1] = fields[2], fields[4], record
        wanted, room = wanted - 1, room - #record
        if room <= 0 then
          break
        end
      end
    end
    found[#found + 1] = run
  end
end

return found
