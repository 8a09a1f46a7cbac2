#!lua
-- Applies a list of commits, one after the other. The only script that changes a subject.
--
-- Whoever listens at the bell of a partition is told which subject has changed; they hear it once
-- it is written to the append-only file, as whoever committed it does.
--
-- Without flags the server refuses to start it when it is out of memory, read-only or cannot
-- write its AOF. A script is not rolled back: nothing of a commit is written before its checks
-- have passed, and no write that follows them depends on what the server finds then.
--
-- KEYS, for each commit: document, trail, events, feed; the indexes gained; the indexes lost;
--   the word list, if any word is gained or lost; the times, if the next one changes. All of
--   one commit in one slot.
-- ARGV[1]: how many commits. Then for each commit: subject ("<kind>/<id>"), event, expected
--   version, basis, document, record, creation time (ms), and how many indexes are gained, lost,
--   words gained, lost; when the subject is due next (ms, -1: never, '': as before); the ticket
--   that the event spends ('': none); the words gained; the words lost.
-- Returns for each commit: -1 when it was written, the record (a string) that the event had left
--   before, -2 when its ticket is buried, or the present version (an integer, 0 = none) when it
--   was decided on another.
local call = redis.call
local outcomes = {}
local k, a = 0, 1

for i = 1, tonumber(ARGV[1]) do
  local document, trail, events, feed = KEYS[k + 1], KEYS[k + 2], KEYS[k + 3], KEYS[k + 4]
  local subject, event, expected, basis = ARGV[a + 1], ARGV[a + 2], tonumber(ARGV[a + 3]), ARGV[a + 4]
  local gained, lost = tonumber(ARGV[a + 8]), tonumber(ARGV[a + 9])
  local words, unwords, due = tonumber(ARGV[a + 10]), tonumber(ARGV[a + 11]), ARGV[a + 12]
  local ticket = ARGV[a + 13]
  local listed = words + unwords > 0 and 1 or 0

  local seq = call('HGET', events, event)
  local version = not seq and call('LLEN', trail)
  if seq then
    outcomes[i] = call('LINDEX', trail, seq - 1)
  elseif ticket ~= '' and call('HGET', events, ticket) then
    outcomes[i] = -2
  elseif version ~= expected
    or (basis ~= '' and call('GETRANGE', document, 0, #basis - 1) ~= basis) then
    outcomes[i] = version
  else
    call('SET', document, ARGV[a + 5])
    call('RPUSH', trail, ARGV[a + 6])
    call('HSET', events, event, version + 1)
    if ticket ~= '' then
      call('HSET', events, ticket, version + 1)
    end
    call('XADD', feed, '0-*', 's', subject, 'n', version + 1)
    call('SPUBLISH', string.sub(feed, 1, -2) .. 'b', subject)
    if gained + lost + words + unwords > 0 or due ~= '' then
      local created, id = ARGV[a + 7], string.match(subject, '/(.*)')
      for n = 1, gained do
        call('ZADD', KEYS[k + 4 + n], created, id)
      end
      for n = gained + 1, gained + lost do
        call('ZREM', KEYS[k + 4 + n], id)
      end
      for n = 1, words do
        call('ZADD', KEYS[k + 5 + gained + lost], 0, ARGV[a + 13 + n] .. '\0' .. id)
      end
      for n = words + 1, words + unwords do
        call('ZREM', KEYS[k + 5 + gained + lost], ARGV[a + 13 + n] .. '\0' .. id)
      end
      if due == '-1' then
        call('ZREM', KEYS[k + 5 + gained + lost + listed], id)
      elseif due ~= '' then
        call('ZADD', KEYS[k + 5 + gained + lost + listed], due, id)
      end
    end
    outcomes[i] = -1
  end

  k = k + 4 + gained + lost + listed + (due ~= '' and 1 or 0)
  a = a + 13 + words + unwords
end

return outcomes
