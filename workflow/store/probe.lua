#!lua
-- Does everything that the other scripts do, on keys of its own, and removes them again.
--
-- KEYS: a string, a list, a hash, a sorted set and a stream, none of which exists.
local call = redis.call
local text, list, hash, sorted, stream = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]

call('SET', text, 'probe')
call('RPUSH', list, 'probe', 'probe')
call('LTRIM', list, 1, -1)
call('LPUSH', list, '')
call('HSET', hash, 'probe', 1)
call('ZADD', sorted, 0, 'probe')
call('XADD', stream, '0-*', 's', 'probe', 'n', 1)
call('XRANGE', stream, '-', '+', 'COUNT', 1)
call('XREVRANGE', stream, '+', '-', 'COUNT', 1)
call('XTRIM', stream, 'MINID', '=', '0-1')
call('GET', text)
call('SETRANGE', text, 1, 'robe')
call('GETRANGE', text, 0, 1)
call('STRLEN', text)
call('GETDEL', text)
call('LLEN', list)
call('LINDEX', list, 0)
call('HGET', hash, 'probe')
call('HDEL', hash, 'probe')
call('ZCARD', sorted)
call('ZRANGE', sorted, 0, 0, 'WITHSCORES')
call('ZSCORE', sorted, 'probe')
call('ZREVRANGEBYSCORE', sorted, '+inf', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
call('ZRANGEBYSCORE', sorted, '-inf', '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
call('ZRANGEBYLEX', sorted, '[p', '(q', 'LIMIT', 0, 1)
call('ZREM', sorted, 'probe')
call('SPUBLISH', string.match(text, '^{%x+}') .. 'b', 'probe')
call('DEL', text, list, hash, sorted, stream)

return 'OK'
