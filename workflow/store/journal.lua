#!lua
-- Adds a batch of entries to the journal, once: the same batch again changes nothing.
--
-- KEYS: journal, the mark of whoever writes.
-- ARGV: number of the batch, entries that are kept, milliseconds that the mark lasts, entries.
-- Returns how many were added.
local call = redis.call
local journal, mark = KEYS[1], KEYS[2]
local number, kept, lasting = ARGV[1], ARGV[2], ARGV[3]

if call('GET', mark) == number then
  return 0
end

for place = 4, #ARGV do
  call('XADD', journal, 'MAXLEN', '~', kept, '*', 'e', ARGV[place])
end
call('SET', mark, number, 'PX', lasting)

return #ARGV - 3
