#pragma once

#include "support/loopback.h"

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace aztriage::test {

/// Answers each connection with the text that `answer` makes of the request, and keeps the requests.
class WebServer {
 public:
  explicit WebServer(std::function<std::string(const std::string&)> answer)
      : server_([this, answer = std::move(answer)](int fd) {
          std::string request;
          while (request.find("\r\n\r\n") == std::string::npos) {
            const std::string piece = receive_text(fd);
            if (piece.empty()) return;
            request += piece;
          }
          {
            const std::lock_guard lock(mutex_);
            requests_.push_back(request);
          }
          send_text(fd, answer(request));
        }) {}
  explicit WebServer(const std::string& answer)
      : WebServer([answer](const std::string&) { return answer; }) {}

  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(server_.port()) + path;
  }
  int port() const { return server_.port(); }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  /// The request whose first line begins so; empty without one.
  std::string request(const std::string& begin) {
    for (const auto& one : requests())
      if (one.starts_with(begin)) return one;
    return {};
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> requests_;
  LoopbackServer server_;
};

inline std::string response(const std::string& status, const std::string& headers, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n\r\n" + body;
}

inline bool has(const std::string& text, const std::string& piece) {
  return text.find(piece) != std::string::npos;
}

}  // namespace aztriage::test
