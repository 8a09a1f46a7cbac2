#!lua flags=no-writes
-- How many subjects stand in indexes over several partitions.
--
-- KEYS, for each term: its index in each partition. ARGV: number of terms.
-- Returns for each term how many have it.
local call = redis.call
local terms, found = tonumber(ARGV[1]), {}
local partitions = #KEYS / terms

for term = 1, terms do
  found[term] = 0
  for k = (term - 1) * partitions + 1, term * partitions do
    found[term] = found[term] + call('ZCARD', KEYS[k])
  end
end

return found
