-- What all kinds of servers share: the world's data, delays, the clock, and small helpers.
local M = {}

M.hosts = dofile(ngx.config.prefix() .. "hosts.lua")
M.state = ngx.shared.state

function M.hex(length)
  local parts = {}
  for i = 1, length do parts[i] = string.format("%x", math.random(0, 15)) end
  return table.concat(parts)
end

function M.count(name)
  return M.state:incr(name, 1, 0)
end

-- How long ago `name` was asked for the first time.
function M.age(name)
  local now = ngx.now()
  M.state:safe_add(name, now)
  return now - M.state:get(name)
end

function M.think(host)
  local low, high = host.delays[1], host.delays[2]
  if high > 0 then ngx.sleep(math.random(low, high) / 1000) end
end

-- Every server of the world shares one clock, which may be wrong.
function M.date(host)
  if host.clock ~= 0 then ngx.header["Date"] = ngx.http_time(ngx.time() + host.clock) end
end

function M.send(status, headers, body)
  ngx.status = status
  for _, pair in ipairs(headers) do
    local name, value = pair[1], pair[2]
    local old = ngx.header[name]
    if old and name:lower() == "set-cookie" then
      if type(old) ~= "table" then old = { old } end
      old[#old + 1] = value
      ngx.header[name] = old
    else
      ngx.header[name] = value
    end
  end
  if ngx.req.get_method() == "HEAD" then
    ngx.header["Content-Length"] = #body
    ngx.send_headers()
    return
  end
  if status == 204 or status == 304 then return end
  ngx.header["Content-Length"] = #body
  ngx.print(body)
end

return M
