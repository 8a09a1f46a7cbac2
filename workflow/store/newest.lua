#!lua flags=no-writes
-- The newest subject that has a term, for each of several terms.
--
-- KEYS, for each term: its index in each partition. ARGV: number of terms.
-- Returns for each term id and time, two empty strings where nothing has it.
local call = redis.call
local terms, found = tonumber(ARGV[1]), {}
local partitions = #KEYS / terms

-- The server's collation must not decide, so not `a < b`.
local function less(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then
      return x < y
    end
  end
  return #a < #b
end

for term = 1, terms do
  local id, time, score = '', '', -math.huge
  for k = (term - 1) * partitions + 1, term * partitions do
    local one = call('ZRANGE', KEYS[k], -1, -1, 'WITHSCORES')
    local own = tonumber(one[2])
    if own and (own > score or (own == score and less(id, one[1]))) then
      id, time, score = one[1], one[2], own
    end
  end
  found[2 * term - 1], found[2 * term] = id, time
end

return found
