-- An Application Gateway v2 in front of an app, and a proxy that inspects TLS: both forward and name themselves.
local common = require("common")
local forward = require("forward")
local pages = require("pages")

local M = {}

local function copy(answer, drop)
  local headers = {}
  for _, pair in ipairs(answer.list) do
    local lower = pair[1]:lower()
    if not forward.hop_by_hop[lower] and not drop[lower] then headers[#headers + 1] = pair end
  end
  return headers
end

function M.answer(id)
  local host = common.hosts[id]
  local o = host.origin
  ngx.header["Server"] = "Microsoft-Azure-Application-Gateway/v2"
  common.think(host)
  common.date(host)
  local fails = host.fails
  if fails then return common.send(fails.status, { { "Content-Type", "text/html" } }, pages.gateway(fails.status)) end
  local host_header = o.host == "client" and ngx.var.http_host or o.host == "origin" and o.name or o.host
  local extra = { { "X-Forwarded-For", ngx.var.remote_addr .. ":50112" }, { "X-Forwarded-Proto", ngx.var.scheme }, { "X-Original-Host", ngx.var.http_host } }
  local answer, failure = forward.exchange(forward.origin_of(host, o.name_check), forward.request(host_header, extra))
  if answer then
    if answer.map["server"] then ngx.header["Server"] = answer.map["server"] else ngx.header["Server"] = "" end
    return common.send(answer.status, copy(answer, { date = true, server = true }), answer.body)
  end
  local status = failure == "timeout" and 504 or 502
  common.send(status, { { "Content-Type", "text/html" } }, pages.gateway(status))
end

-- Terminates every name with a certificate of its own and asks the real host.
function M.inspect()
  local name = ngx.var.ssl_server_name or ngx.var.host
  local origin = { name = name, port = 443, tls = true, sni = name, verify = false, timeout = 60 }
  local answer = forward.exchange(origin, forward.request(ngx.var.http_host, {}))
  if not answer then return ngx.exit(502) end
  ngx.header["Server"] = answer.map["server"] or ""
  common.send(answer.status, copy(answer, { server = true }), answer.body)
end

return M
