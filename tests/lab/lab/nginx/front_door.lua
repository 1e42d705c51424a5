-- An edge that behaves as Azure Front Door documents it: forwarded headers, x-azure-ref, the debug headers, the error page.
local common = require("common")
local forward = require("forward")
local pages = require("pages")

local M = {}

local function reference(host)
  if host.classic then
    return "0" .. ngx.encode_base64(common.hex(24)):sub(1, 30) .. ngx.encode_base64(host.pop .. "EDGE" .. common.hex(4):upper()):gsub("=", "")
      .. "Zj" .. common.hex(10) .. "=="
  end
  return os.date("!%Y%m%dT%H%M%SZ", ngx.time() + host.clock) .. "-r1" .. common.hex(9) .. "hC1" .. host.pop .. common.hex(20)
end

-- The one code that is documented; the others differ by world, so that nothing can lean on them.
local function external_error(host, failure)
  if failure == "authority" then return "0x830c1011, The certificate authority is unfamiliar" end
  if failure == "refused" then return "0x80072efd, The connection was refused" end
  return host.codes[failure]
end

local function status_of(host, failure)
  if failure == "timeout" or failure == "connect-timeout" then return host.timeout_status end
  return host.failure_status
end

local function error_page(host, status, ref, headers)
  headers[#headers + 1] = { "Content-Type", "text/html" }
  headers[#headers + 1] = { "x-azure-ref", ref }
  headers[#headers + 1] = { "X-Cache", "CONFIG_NOCACHE" }
  common.date(host)
  common.send(status, headers, pages.front_door(ref))
end

-- Whether the parts of a ranged answer fit together.
local function consistent(answer, asked)
  if answer.status ~= 206 then return true end
  local first, last, total = (answer.map["content-range"] or ""):match("^bytes (%d+)%-(%d+)/(%d+)$")
  if not first then return false end
  first, last, total = tonumber(first), tonumber(last), tonumber(total)
  if last - first + 1 ~= #answer.body or last >= total then return false end
  local wanted = tonumber(asked:match("^bytes=%d+%-(%d+)$"))
  return not wanted or last == math.min(wanted, total - 1)
end

local function send_answer(host, ref, debug, answer, own_range)
  local status = answer.status
  local headers = {}
  for _, pair in ipairs(answer.list) do
    local lower = pair[1]:lower()
    local keep = not forward.hop_by_hop[lower] and lower ~= "date"
    if own_range and lower == "content-range" then keep = false end
    if keep then headers[#headers + 1] = pair end
  end
  if own_range and status == 206 then status = 200 end
  headers[#headers + 1] = { "x-azure-ref", ref }
  headers[#headers + 1] = { "X-Cache", host.origin.caching and "TCP_MISS" or "CONFIG_NOCACHE" }
  if debug then headers[#headers + 1] = { "X-Azure-OriginStatusCode", tostring(answer.status) } end
  if not answer.map["server"] then ngx.header["Server"] = "" end
  common.date(host)
  common.send(status, headers, answer.body)
end

function M.answer(id)
  local host = common.hosts[id]
  local ref = reference(host)
  local debug = ngx.var.http_x_azure_debuginfo == "1"
  ngx.header["Server"] = ""
  common.think(host)

  local fails = host.fails
  if fails and (not fails.address or fails.address == ngx.var.server_addr) then
    local headers = {}
    if debug and fails.internal then headers[1] = { "X-Azure-InternalError", fails.internal } end
    for name, value in pairs(fails.headers or {}) do headers[#headers + 1] = { name, value } end
    if fails.body then
      headers[#headers + 1] = { "x-azure-ref", ref }
      headers[#headers + 1] = { "Content-Type", "text/html" }
      common.date(host)
      return common.send(fails.status, headers, fails.body)
    end
    return error_page(host, fails.status, ref, headers)
  end

  local o = host.origin
  local asked = ngx.var.http_host
  local host_header = o.host == "client" and asked or o.host == "origin" and o.name or o.host
  local extra = {
    { "X-Forwarded-Host", asked }, { "X-Forwarded-Proto", ngx.var.scheme }, { "X-Forwarded-For", ngx.var.remote_addr },
    { "X-Azure-ClientIP", ngx.var.remote_addr }, { "X-Azure-SocketIP", ngx.var.remote_addr },
    { "X-Azure-FDID", host.profile }, { "X-Azure-Ref", ref }, { "Via", "HTTP/2.0 Azure" },
  }
  local request = forward.request(host_header, extra, { ["x-azure-debuginfo"] = true })
  local range = ngx.var.http_range
  local own_range = o.caching and request.method == "GET" and not range
  if own_range then
    range = "bytes=0-8388607"
    request.headers[#request.headers + 1] = { "Range", range }
  end

  local answer, failure = forward.exchange(forward.origin_of(host, o.name_check), request)
  if answer and range and not consistent(answer, range) then answer, failure = nil, "invalid" end
  if answer then return send_answer(host, ref, debug, answer, own_range) end
  ngx.log(ngx.NOTICE, "lab: origin of ", id, " failed: ", failure)
  local headers = {}
  if debug then headers[1] = { "X-Azure-ExternalError", external_error(host, failure) } end
  error_page(host, status_of(host, failure), ref, headers)
end

return M
