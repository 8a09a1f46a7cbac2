#!lua
-- Makes due again what waits and is not, and notes when the next is: a copy of these keys that was
-- made while they changed may lack it. It changes no subject, and the same again changes nothing.
--
-- KEYS: pending, due, times. ARGV: id, now (ms).
-- Returns how many applications were made due.
local call = redis.call
local pending, due, times = unpack(KEYS)
local id, now = ARGV[1], ARGV[2]
local mended, from, application = 0, '-', nil

while true do
  local members = call('ZRANGEBYLEX', pending, from, '+', 'LIMIT', 0, 1000)
  for _, member in ipairs(members) do
    local own = string.match(member, '^[^%z]*')
    if own ~= application then
      application = own
      if not call('ZSCORE', due, application) then
        call('ZADD', due, now, application)
        mended = mended + 1
      end
    end
  end
  if #members < 1000 then
    break
  end
  from = '(' .. members[#members]
end

local next = call('ZRANGEBYSCORE', due, '-inf', '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
if next[2] then
  call('ZADD', times, next[2], id)
end

return mended
