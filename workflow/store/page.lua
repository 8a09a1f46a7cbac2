#!lua flags=no-writes
-- The newest or oldest entries over several partitions that stand in every one of the given
-- indexes.
--
-- Each partition is driven by its smallest index, the others are asked entry by entry; a merge
-- over the partitions keeps the order: creation time, then id in bytes, both descending; where
-- the oldest are wanted, both ascending.
--
-- KEYS, for each partition: the index of each term. ARGV: number of terms, entries wanted,
--   entries to look at before giving up, '1' for the oldest first, and the position (time, id)
--   after which to begin (two empty strings: at the first).
-- Returns id, time, id, time, ... of the entries found, and before them a pair that is the
--   position of the last entry looked at, or two empty strings when nothing is left behind it.
local call = redis.call
local terms, wanted, bound = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local oldest, from, beyond = ARGV[4] == '1', tonumber(ARGV[5]), ARGV[6]
local first = from and ARGV[5] or (oldest and '-inf' or '+inf')
local CHUNK = 8

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

-- Whether an entry comes before another one in the order that is wanted.
local function sooner(score, id, other_score, other_id)
  if oldest then
    score, id, other_score, other_id = other_score, other_id, score, id
  end
  return score > other_score or (score == other_score and less(other_id, id))
end

local function some(key, offset)
  if oldest then
    return call('ZRANGEBYSCORE', key, first, '+inf', 'WITHSCORES', 'LIMIT', offset, CHUNK)
  end
  return call('ZREVRANGEBYSCORE', key, first, '-inf', 'WITHSCORES', 'LIMIT', offset, CHUNK)
end

-- Moves a run to its next entry; false at its end.
local function advance(run)
  repeat
    run.at = run.at + 2
    if run.at > #run.chunk then
      run.chunk = some(run.key, run.offset)
      run.offset = run.offset + CHUNK
      run.at = 1
    end
    run.id, run.score = run.chunk[run.at], tonumber(run.chunk[run.at + 1])
  until not run.id or not from or sooner(from, beyond, run.score, run.id)
  return run.id
end

local function start(place)
  local key, size = nil, math.huge
  for k = place, place + terms - 1 do
    local card = call('ZCARD', KEYS[k])
    if card < size then
      key, size = KEYS[k], card
    end
  end
  return { place = place, key = key, chunk = {}, at = 1, offset = 0, empty = size == 0 }
end

local function in_every_index(run)
  for k = run.place, run.place + terms - 1 do
    if KEYS[k] ~= run.key and not call('ZSCORE', KEYS[k], run.id) then
      return false
    end
  end
  return true
end

-- The runs form a heap: each comes before those at twice its place and one beyond.
local runs = {}

local function sink(place)
  local run = runs[place]
  while true do
    local child = 2 * place
    local left, right = runs[child], runs[child + 1]
    if right and sooner(right.score, right.id, left.score, left.id) then
      child, left = child + 1, right
    end
    if not left or not sooner(left.score, left.id, run.score, run.id) then
      break
    end
    runs[place] = left
    place = child
  end
  runs[place] = run
end

for place = 1, #KEYS, terms do
  local run = start(place)
  if not run.empty and advance(run) then
    runs[#runs + 1] = run
  end
end
for place = math.floor(#runs / 2), 1, -1 do
  sink(place)
end

local found, looked, last_id, last_score = { '', '' }, 0, '', ''
while runs[1] and looked < bound and #found < 2 * wanted + 2 do
  local run = runs[1]
  looked, last_id, last_score = looked + 1, run.id, run.chunk[run.at + 1]
  if in_every_index(run) then
    found[#found + 1] = last_id
    found[#found + 1] = last_score
  end
  if not advance(run) then
    runs[1] = runs[#runs]
    runs[#runs] = nil
  end
  if runs[1] then
    sink(1)
  end
end

if runs[1] then
  found[1], found[2] = last_id, last_score
end
return found
