#!lua
-- Notes where records lie in the log. It changes no subject, and the same again changes nothing.
--
-- KEYS: places. ARGV, for each key: the byte to begin at, and the places.
-- Returns how many there were.
local call = redis.call

for i = 1, #KEYS do
  call('SETRANGE', KEYS[i], ARGV[2 * i - 1], ARGV[2 * i])
end

return #KEYS
