-- One request to an origin over a connection of our own: real names, real handshakes with verification, real time limits.
-- Returns the response, or nil and the kind of failure: dns, refused, unreachable, connect-timeout, authority, expired,
-- name, tls, timeout, aborted, invalid.
local M = {}

local hop_by_hop = {
  connection = true, ["keep-alive"] = true, ["transfer-encoding"] = true, te = true, trailer = true, upgrade = true,
  ["proxy-authenticate"] = true, ["proxy-authorization"] = true, ["proxy-connection"] = true, host = true,
  ["content-length"] = true,
}
M.hop_by_hop = hop_by_hop

local connect_seconds = 5

local function connect_failure(text)
  if text:find("resolve") or text:find("Host not found") or text:find("no resolver") then return "dns" end
  if text:find("refused") then return "refused" end
  if text:find("timeout") or text:find("timed out") then return "connect-timeout" end
  return "unreachable"
end

local function handshake_failure(text)
  if text:find("host mismatch") then return "name" end
  if text:find("^10:") then return "expired" end
  if text:find("^1[89]:") or text:find("^2[01]:") or text:find("^2:") then return "authority" end
  if text:find("timeout") then return "timeout" end
  return "tls"
end

local function read_failure(text)
  return text == "timeout" and "timeout" or "aborted"
end

local function read_head(socket)
  local line, problem = socket:receive("*l")
  if not line then return nil, read_failure(problem) end
  local status = line:match("^HTTP/1%.%d (%d%d%d)")
  if not status then return nil, "invalid" end
  local head = { status = tonumber(status), reason = line:match("^HTTP/1%.%d %d%d%d (.*)$"), list = {}, map = {} }
  while true do
    line, problem = socket:receive("*l")
    if not line then return nil, read_failure(problem) end
    if line == "" then return head end
    local name, value = line:match("^([^:%s]+):%s*(.-)%s*$")
    if not name then return nil, "invalid" end
    head.list[#head.list + 1] = { name, value }
    head.map[name:lower()] = value
  end
end

local function read_chunks(socket)
  local parts = {}
  while true do
    local line, problem = socket:receive("*l")
    if not line then return nil, read_failure(problem) end
    local size = tonumber(line:match("^%x+"), 16)
    if not size then return nil, "invalid" end
    if size == 0 then
      socket:receive("*l")
      return table.concat(parts)
    end
    local data
    data, problem = socket:receive(size)
    if not data then return nil, read_failure(problem) end
    parts[#parts + 1] = data
    socket:receive(2)
  end
end

local function read_body(socket, method, head)
  if method == "HEAD" or head.status == 204 or head.status == 304 then return "" end
  if (head.map["transfer-encoding"] or ""):find("chunked") then return read_chunks(socket) end
  local size = tonumber(head.map["content-length"])
  if size == 0 then return "" end
  local body, problem = socket:receive(size or "*a")
  if not body then return nil, read_failure(problem) end
  return body
end

local function handshake(socket, origin)
  if not origin.tls then return true end
  local done, problem = socket:sslhandshake(nil, origin.sni, origin.verify)
  if not done then return nil, handshake_failure(problem or "") end
  return true
end

-- origin: name, port, tls, sni, verify, timeout (seconds), reuse; request: method, path, headers (list of pairs), body
function M.exchange(origin, request)
  local socket = ngx.socket.tcp()
  socket:settimeouts(connect_seconds * 1000, 10000, origin.timeout * 1000)
  local done, problem = socket:connect(origin.address or origin.name, origin.port)
  if not done then return nil, connect_failure(problem or "") end
  local reused = (socket:getreusedtimes() or 0) > 0
  if not reused then
    done, problem = handshake(socket, origin)
    if not done then return nil, problem end
  end

  local lines = { request.method .. " " .. request.path .. " HTTP/1.1" }
  for _, pair in ipairs(request.headers) do lines[#lines + 1] = pair[1] .. ": " .. pair[2] end
  if request.body then lines[#lines + 1] = "Content-Length: " .. #request.body end
  lines[#lines + 1] = "Connection: " .. (origin.reuse and "keep-alive" or "close")
  done = socket:send(table.concat(lines, "\r\n") .. "\r\n\r\n" .. (request.body or ""))
  if not done then return nil, "aborted" end

  local head
  head, problem = read_head(socket)
  if not head then return nil, problem end
  head.body, problem = read_body(socket, request.method, head)
  if not head.body then return nil, problem end
  if origin.reuse and (head.map["connection"] or "") ~= "close" then socket:setkeepalive(90000, 8) else socket:close() end
  return head
end

-- The client's request as it goes on: hop-by-hop headers stay behind, `drop` names more of them.
function M.request(host_header, extra, drop)
  local headers = { { "Host", host_header } }
  for name, value in pairs(ngx.req.get_headers(100, true)) do
    local lower = name:lower()
    if not hop_by_hop[lower] and not (drop and drop[lower]) then
      for _, one in ipairs(type(value) == "table" and value or { value }) do headers[#headers + 1] = { name, tostring(one) } end
    end
  end
  for _, pair in ipairs(extra) do headers[#headers + 1] = pair end
  ngx.req.read_body()
  return { method = ngx.req.get_method(), path = ngx.var.request_uri, headers = headers, body = ngx.req.get_body_data() }
end

function M.origin_of(host, name_check_too)
  local o = host.origin
  return {
    name = o.name, address = o.address, port = o.port, tls = o.tls, sni = o.name, verify = name_check_too, timeout = o.timeout,
    reuse = o.reuse,
  }
end

return M
