#!lua
-- Takes the first records of a trail out of the database, which the log has. In the place of each
-- stays an empty string: the length of a trail is its version.
--
-- The list is built anew, since what is emptied in its place leaves behind the node that held it.
--
-- KEYS: trail, places. ARGV: how many; the last of them, which stands for all before it by its
--   hash; the bytes between which its place is noted, and that place.
-- Returns 1; or 0 when this record is not there, or is noted at another place: then nothing is
--   written.
local call = redis.call
local trail, count = KEYS[1], tonumber(ARGV[1])
local STEP = 1000 -- arguments of a call; Lua takes 8,000 at the most

if call('LINDEX', trail, count - 1) ~= ARGV[2]
  or call('GETRANGE', KEYS[2], ARGV[3], ARGV[4]) ~= ARGV[5] then
  return 0
end

local empty = {}
for n = 1, math.min(count, STEP) do
  empty[n] = ''
end
call('LTRIM', trail, count, -1)
for left = count, 1, -STEP do
  call('LPUSH', trail, unpack(empty, 1, math.min(left, STEP)))
end

return 1
