#!lua
-- Buries a ticket: no commit spends it any more, however late it comes. It changes no subject.
--
-- KEYS: events. ARGV: ticket (16 bytes).
-- Returns the seq of the record that had spent it, or 0 when it is buried, now or before.
local call = redis.call
local events, ticket = KEYS[1], ARGV[1]

local seq = call('HGET', events, ticket)
if not seq then
  call('HSET', events, ticket, 0)
end

return tonumber(seq or 0)
