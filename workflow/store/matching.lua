#!lua flags=no-writes
-- The subjects of a kind that have a word with a given beginning.
--
-- KEYS, for each partition: the word list, the index of all. ARGV: the beginning, the bound.
-- Returns id, time, id, time, ...; nil when more words than the bound begin so.
local call = redis.call
local low, high, bound = '[' .. ARGV[1], '(' .. ARGV[1] .. '\255', tonumber(ARGV[2])
local found, seen = {}, 0

for k = 1, #KEYS, 2 do
  local words = call('ZRANGEBYLEX', KEYS[k], low, high, 'LIMIT', 0, bound - seen + 1)
  seen = seen + #words
  if seen > bound then
    return false
  end
  local known = {}
  for _, word in ipairs(words) do
    local id = string.match(word, '%z(.*)$')
    if not known[id] then
      known[id] = true
      found[#found + 1] = id
      found[#found + 1] = call('ZSCORE', KEYS[k + 1], id)
    end
  end
end

return found
