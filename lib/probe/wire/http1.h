#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aztriage::probe::wire {

/// One HTTP/1.1 response (RFC 9112) on a connection that is meant to become something else: its head, and its
/// body when it is a refusal. Bounds: 64 KiB of head, 200 headers, 10 interim responses, 64 KiB of body.
class Http1Response {
 public:
  enum class State { head, body, whole, bad };

  State take(std::string_view bytes);
  /// The server ended its side: a body without a length is whole by that.
  State end();
  State state() const { return state_; }

  int status() const { return status_; }  // 0: none came
  const std::string& reason() const { return reason_; }
  const std::string& version() const { return version_; }  // "1.1"
  /// In order, names in lower case.
  const std::vector<std::pair<std::string, std::string>>& headers() const { return headers_; }
  /// All values of a header, joined by commas; nothing without one. `name` in lower case.
  std::optional<std::string> header(std::string_view name) const;
  const std::string& body() const { return body_; }
  bool complete() const { return complete_; }  // the body ended as announced
  /// Behind the head of a 101, bytes of the other protocol.
  std::string_view rest() const { return buffer_; }
  const std::string& fault() const { return fault_; }  // why it is bad
  bool other() const { return other_; }                // it is bad since it is not HTTP at all

 private:
  State bad(std::string why);
  State read_head();
  bool read_status(std::string_view line);
  bool read_header(std::string_view line);
  void open_body();
  State read_body();
  State read_chunks();
  std::string read_chunk_line(std::string_view line);
  State keep(std::string_view bytes);

  State state_ = State::head;
  std::string buffer_;  // not yet understood
  int status_ = 0;
  int interim_ = 0;
  std::string reason_;
  std::string version_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::string body_;
  bool complete_ = false;
  bool chunked_ = false;
  bool trailer_ = false;
  std::size_t scanned_ = 0;
  std::optional<std::size_t> left_;  // of the body or the chunk
  std::string fault_;
  bool other_ = false;
};

}  // namespace aztriage::probe::wire
