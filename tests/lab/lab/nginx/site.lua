-- A web site or an App Service app: a healthy page unless a rule of the world says otherwise.
local common = require("common")
local pages = require("pages")

local M = {}

local function header_bytes()
  return #ngx.req.raw_header(true)
end

local function cookie_instance(host)
  local value = ngx.var.cookie_ARRAffinity
  for number, id in ipairs(host.affinity) do
    if id == value then return number end
  end
end

local function instance_of(host)
  return cookie_instance(host) or (common.count(host.id .. ":turn") % #host.affinity) + 1
end

local tests = {
  host = function(_, want) return ngx.var.host == want end,
  path = function(_, want) return ngx.var.uri == want or (want:sub(-1) == "*" and ngx.var.uri:sub(1, #want - 1) == want:sub(1, -2)) end,
  header = function(_, want) return ngx.req.get_headers(100)[want] ~= nil end,
  ["headers-over"] = function(_, want) return header_bytes() > want end,
  range = function(_, want) return (ngx.var.http_range ~= nil) == want end,
  gzip = function(_, want) return ((ngx.var.http_accept_encoding or ""):find("gzip") ~= nil) == want end,
  instance = function(_, want) return ngx.ctx.instance == want end,
  from = function(_, want) return ngx.var.remote_addr == want end,
  ["not-from"] = function(_, want) return ngx.var.remote_addr ~= want end,
  idle = function(_, want) return (tonumber(ngx.var.connection_requests) > 1) == want end,
}

-- These count, so they are asked last, only about requests that fit otherwise.
local counting = {
  first = function(key, want) return common.age(key .. ":first") < want end,
  every = function(key, want) return common.count(key .. ":every") % want == 0 end,
  times = function(key, want) return common.count(key .. ":times") <= want end,
}

local function fits(host, number, rule)
  for name, want in pairs(rule.when or {}) do
    if tests[name] and not tests[name](host, want) then return false end
  end
  for name, want in pairs(rule.when or {}) do
    if counting[name] and not counting[name](host.id .. ":" .. number, want) then return false end
  end
  return true
end

local function gzipped(host)
  local file = assert(io.open(ngx.config.prefix() .. host.id .. ".gz", "rb"))
  local data = file:read("*a")
  file:close()
  return data
end

local function own_headers(host, bare)
  local headers = {}
  if bare and not host.bare_cookies then return headers end
  for _, pair in ipairs(bare and {} or host.headers) do headers[#headers + 1] = pair end
  if #host.affinity > 0 then
    local id = host.affinity[ngx.ctx.instance]
    headers[#headers + 1] = { "Set-Cookie", "ARRAffinity=" .. id .. ";Path=/;HttpOnly;Secure;Domain=" .. host.name }
    headers[#headers + 1] = { "Set-Cookie", "ARRAffinitySameSite=" .. id .. ";Path=/;HttpOnly;SameSite=None;Secure;Domain=" .. host.name }
  end
  return headers
end

-- A static file with ranges. A server whose compression is broken announces the plain length for a compressed part.
local function serve_page(host, broken)
  local body = pages.home(host.title, host.filler)
  local headers = own_headers(host)
  headers[#headers + 1] = { "Content-Type", "text/html; charset=utf-8" }
  local gzip = (ngx.var.http_accept_encoding or ""):find("gzip") ~= nil and host.gzip
  local total = #body
  if gzip then
    body = gzipped(host)
    headers[#headers + 1] = { "Content-Encoding", "gzip" }
    if not broken then total = #body end
  end
  local first, last = (ngx.var.http_range or ""):match("^bytes=(%d+)%-(%d*)$")
  -- Most servers send the whole page when they compress it on the way.
  if not first or (gzip and not broken and not host.gzip_ranges) then return common.send(200, headers, body) end
  first, last = tonumber(first), math.min(tonumber(last) or math.huge, #body - 1)
  if first > last then return common.send(416, { { "Content-Range", "bytes */" .. total } }, "") end
  headers[#headers + 1] = { "Content-Range", string.format("bytes %d-%d/%d", first, last, total) }
  common.send(206, headers, body:sub(first + 1, last + 1))
end

local raw = {
  close = function() ngx.exit(444) end,
  reset = function() ngx.exit(444) end,
  garbage = function()
    local socket = ngx.req.socket(true)
    socket:send("\1\2\3 lab says nothing of use\r\n" .. string.rep("\0\255", 40) .. "\r\n\r\n")
    ngx.exit(444)
  end,
  truncate = function()
    local socket = ngx.req.socket(true)
    socket:send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 90000\r\n\r\n<!DOCTYPE html><html><head><title>")
    ngx.exit(444)
  end,
}

local function serve_rule(host, rule)
  if rule.after then ngx.sleep(rule.after) end
  if rule["do"] == "two-sizes" then return serve_page(host, true) end
  if rule["do"] then return raw[rule["do"]]() end
  if not rule.status then return serve_page(host, false) end
  local page = pages.named[rule.page] or { bare = rule.body == nil and rule.page == nil, body = rule.body or "" }
  local headers = own_headers(host, page.bare)
  if page.server then ngx.header["Server"] = page.server elseif page.bare and host.kind == "app-service" then ngx.header["Server"] = "" end
  headers[#headers + 1] = { "Content-Type", "text/html" }
  for name, value in pairs(rule.headers or {}) do headers[#headers + 1] = { name, value } end
  if rule.location then headers[#headers + 1] = { "Location", rule.location } end
  local body = page.body
  if rule.size then body = body .. string.rep("x", rule.size) end
  common.send(rule.status, headers, body)
end

local function scm(host)
  ngx.header["Server"] = "Microsoft-IIS/10.0"
  common.send(401, { { "WWW-Authenticate", 'Basic realm="site"' }, { "Content-Type", "text/html" } }, "401 - Unauthorized")
end

function M.answer(id)
  local host = common.hosts[id]
  common.date(host)
  common.think(host)
  ngx.header["Server"] = host.server
  if #host.affinity > 0 then ngx.ctx.instance = instance_of(host) end
  if host.kind == "app-service" then
    if ngx.var.host == host.scm then
      for _, rule in ipairs(host.answers) do
        if rule.when.host == host.scm then return serve_rule(host, rule) end
      end
      return scm(host)
    end
    if not host.bound[ngx.var.host] then
      ngx.header["Server"] = ""
      return common.send(404, { { "Content-Type", "text/html" } }, pages.named["no-such-app"].body)
    end
  end
  for number, rule in ipairs(host.answers) do
    if fits(host, number, rule) then return serve_rule(host, rule) end
  end
  serve_page(host, false)
end

return M
