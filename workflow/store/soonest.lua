#!lua flags=no-writes
-- The subjects of one partition whose time comes, the earliest first, from behind one of them on.
--
-- KEYS: the times. ARGV: until when (ms), how many at most, the time and id to go on behind (both
-- empty: from the first on). Very many fall due at the same midnight, so the place is searched for.
-- Returns id, time, id, time, ...
local call = redis.call
local times, after = KEYS[1], tonumber(ARGV[3])

-- Whether one id comes before another, byte by byte: what a server compares may follow its locale.
local function less(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then
      return x < y
    end
  end
  return #a < #b
end

local function behind(rank)
  local one = call('ZRANGE', times, rank, rank, 'WITHSCORES')
  local time = tonumber(one[2])
  return time > after or time == after and less(ARGV[4], one[1])
end

local low, high = 0, after and call('ZCARD', times) or 0
while low < high do
  local middle = math.floor((low + high) / 2)
  if behind(middle) then
    high = middle
  else
    low = middle + 1
  end
end

local found = call('ZRANGE', times, low, low + ARGV[2] - 1, 'WITHSCORES')
while #found > 0 and tonumber(found[#found]) > tonumber(ARGV[1]) do
  found[#found], found[#found - 1] = nil, nil
end

return found
