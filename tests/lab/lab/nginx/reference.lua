-- Hosts that have nothing to do with the fault, and the captive portal that takes their place.
local common = require("common")

local M = {}

function M.answer(id)
  local host = common.hosts[id]
  common.date(host)
  common.think(host)
  ngx.header["Server"] = host.server
  local text = host.texts[ngx.var.uri]
  if text then return common.send(200, { { "Content-Type", "text/plain" } }, text) end
  common.send(200, { { "Content-Type", "text/html" } }, "<!DOCTYPE html><html><head><title>Welcome</title></head><body>Welcome</body></html>")
end

function M.portal(name)
  common.send(302, { { "Location", "http://" .. name .. "/login?from=" .. ngx.escape_uri("http://" .. (ngx.var.host or "")) } },
    "<html><head><title>Sign in to the network</title></head><body>Please sign in to use this network.</body></html>")
end

return M
