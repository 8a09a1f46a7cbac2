#!lua
-- Puts back a part of something that is kept beside the records. It changes no subject.
--
-- KEYS: where it lies. ARGV: its type; 1 for the first part, which takes the place of what is
--   there; then what is in it: a value; or field, value, ...; or member, score, ...; or values;
--   or for each entry of a stream its id, how many words it has, and these.
-- Returns how many words that were.
local call = redis.call
local key, type = KEYS[1], ARGV[1]

if ARGV[2] == '1' then
  call('DEL', key)
end

local at = 3
while at <= #ARGV do
  if type == 'string' then
    call('SET', key, ARGV[at])
    at = at + 1
  elseif type == 'list' then
    call('RPUSH', key, ARGV[at])
    at = at + 1
  elseif type == 'hash' then
    call('HSET', key, ARGV[at], ARGV[at + 1])
    at = at + 2
  elseif type == 'zset' then
    call('ZADD', key, ARGV[at + 1], ARGV[at])
    at = at + 2
  else
    local last = at + 1 + tonumber(ARGV[at + 1])
    call('XADD', key, ARGV[at], unpack(ARGV, at + 2, last))
    at = last + 1
  end
end

return #ARGV - 2
