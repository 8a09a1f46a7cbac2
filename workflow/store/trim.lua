#!lua
-- Takes the first entries of a feed out of the database, which the log has. Where each lies in it
-- stays behind, so that whoever looks for them finds them there.
--
-- KEYS: feed, places of what was taken from it before. ARGV: the position of the first of them,
--   and their places, one after the other.
-- Returns 1; or 0 when that is not the first entry, or when none would be left: then nothing is
--   written.
local call = redis.call
local WIDTH = 6
local first, places = tonumber(ARGV[1]), ARGV[2]
local before = string.format('0-%.0f', first - 1)
local next = string.format('0-%.0f', first + #places / WIDTH)

if call('STRLEN', KEYS[2]) ~= WIDTH * (first - 1)
  or #call('XRANGE', KEYS[1], '-', before, 'COUNT', 1) > 0
  or #call('XRANGE', KEYS[1], next, next) == 0 then
  return 0
end

call('SETRANGE', KEYS[2], WIDTH * (first - 1), places)
call('XTRIM', KEYS[1], 'MINID', '=', next)

return 1
