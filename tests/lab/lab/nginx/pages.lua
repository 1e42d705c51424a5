-- Texts that the products show, in the form in which support engineers know them.
local M = {}

function M.front_door(ref)
  return "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Transitional//EN' 'http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd'>"
    .. "<html xmlns='http://www.w3.org/1999/xhtml'><head><title>Service unavailable</title></head><body>"
    .. "<h2>Our services aren't available right now</h2>"
    .. "<p>We're working to restore all services as soon as possible. Please check back soon.</p>" .. ref .. "</body></html>"
end

local reasons = { [502] = "502 Bad Gateway", [503] = "503 Service Unavailable", [504] = "504 Gateway Time-out" }

function M.gateway(status)
  local text = reasons[status] or tostring(status)
  return "<html>\r\n<head><title>" .. text .. "</title></head>\r\n<body>\r\n<center><h1>" .. text
    .. "</h1></center>\r\n<hr><center>Microsoft-Azure-Application-Gateway/v2</center>\r\n</body>\r\n</html>\r\n"
end

local function iis(title, detail)
  return "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">\r\n"
    .. "<html xmlns=\"http://www.w3.org/1999/xhtml\">\r\n<head><title>" .. title .. "</title></head>\r\n<body>\r\n"
    .. "<div id=\"header\"><h1>Server Error</h1></div>\r\n<div id=\"content\"><fieldset><h2>" .. title .. "</h2><h3>" .. detail
    .. "</h3></fieldset></div>\r\n</body>\r\n</html>\r\n"
end

local function http_sys(title, detail)
  return "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"\"http://www.w3.org/TR/html4/strict.dtd\">\r\n<HTML><HEAD><TITLE>"
    .. title .. "</TITLE>\r\n<META HTTP-EQUIV=\"Content-Type\" Content=\"text/html; charset=us-ascii\"></HEAD>\r\n<BODY><h2>"
    .. title .. "</h2>\r\n<hr><p>" .. detail .. "</p>\r\n</BODY></HTML>\r\n"
end

-- name -> server header (nil keeps the app's own), whether the app's own headers are absent, body
M.named = {
  ["unavailable"] = { bare = true, body = "The service is unavailable." },
  ["timed-out"] = {
    bare = true, server = "Microsoft-IIS/10.0",
    body = iis("500 - The request timed out.", "The web server failed to respond within the specified time."),
  },
  ["bad-gateway"] = {
    bare = true, server = "Microsoft-IIS/10.0",
    body = iis("502 - Web server received an invalid response while acting as a gateway or proxy server.",
      "There is a problem with the page you are looking for, and it cannot be displayed. When the Web server (while acting as a gateway or proxy) contacted the upstream content server, it received an invalid response from the content server."),
  },
  ["server-error"] = {
    body = iis("500 - Internal server error.", "There is a problem with the resource you are looking for, and it cannot be displayed."),
  },
  ["too-long"] = {
    bare = true, server = "Microsoft-HTTPAPI/2.0",
    body = http_sys("Bad Request - Request Too Long", "HTTP Error 400. The size of the request headers is too long."),
  },
  ["stopped"] = {
    bare = true,
    body = "<!DOCTYPE html><html><head><title>Web App - Unavailable</title></head><body><h1>Error 403 - This web app is stopped.</h1>"
      .. "<p>The web app you have attempted to reach is currently stopped and does not accept any requests.</p></body></html>",
  },
  ["no-such-app"] = {
    bare = true,
    body = "<!DOCTYPE html><html><head><title>Microsoft Azure Web App - Error 404</title></head><body>"
      .. "<h1>404 Web Site not found.</h1><p>You may be seeing this error due to one of the reasons listed below:</p></body></html>",
  },
  ["ip-forbidden"] = {
    bare = true,
    body = "<!DOCTYPE html><html><head><title>Web App - Unavailable</title></head><body><h1>Error 403 - Forbidden</h1>"
      .. "<p>The web app you have attempted to reach has blocked your access.</p></body></html>",
  },
  ["no-backend"] = {
    bare = true, server = "",
    body = "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n",
  },
  ["application-error"] = {
    bare = true, server = "",
    body = "<!DOCTYPE html><html><head><title>Application Error</title></head><body><h1>:( Application Error</h1>"
      .. "<p>If you are the application administrator, you can access the diagnostic resources.</p></body></html>",
  },
}

function M.home(title, filler)
  local lines = {}
  for i = 1, filler do lines[i] = "<li>" .. title .. " item " .. i .. ", in stock, ships within two days</li>" end
  return "<!DOCTYPE html><html><head><title>" .. title .. "</title></head><body><h1>" .. title .. "</h1><ul>\n"
    .. table.concat(lines, "\n") .. "\n</ul></body></html>\n"
end

return M
