#include "probe/wire/http1.h"

#include "base/text.h"
#include "probe/wire/said.h"

#include <algorithm>
#include <charconv>

namespace aztriage::probe::wire {
namespace {

constexpr std::size_t kMostHead = std::size_t{64} << 10;
constexpr std::size_t kMostHeaders = 200;
constexpr int kMostInterim = 10;
constexpr std::size_t kMostBody = std::size_t{64} << 10;
constexpr std::size_t kMostChunkLine = 1024;
constexpr std::string_view kStart = "HTTP/1.";

bool is_token(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte < 0x7f &&
           std::string_view("()<>@,;:\\\"/[]?={}").find(c) == std::string_view::npos;
  });
}

std::optional<std::size_t> number_of(std::string_view digits, int base) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::string> Http1Response::header(std::string_view name) const {
  std::optional<std::string> all;
  for (const auto& [key, value] : headers_) {
    if (key != name) continue;
    all = all ? *all + ", " + value : value;
  }
  return all;
}

Http1Response::State Http1Response::bad(std::string why) {
  fault_ = std::move(why);
  buffer_.clear();
  return state_ = State::bad;
}

Http1Response::State Http1Response::take(std::string_view bytes) {
  if (state_ == State::whole || state_ == State::bad) return state_;
  buffer_ += bytes;
  if (state_ == State::head) return read_head();
  return read_body();
}

Http1Response::State Http1Response::end() {
  if (state_ != State::body) return state_;
  complete_ = !chunked_ && !left_;
  return state_ = State::whole;
}

Http1Response::State Http1Response::read_head() {
  const std::string_view start = std::string_view(buffer_).substr(0, kStart.size());
  if (status_ == 0 && start != kStart.substr(0, start.size())) {
    other_ = true;
    return bad(other_protocol(buffer_));
  }
  while (true) {
    const std::size_t end = buffer_.find('\n', scanned_);
    if (end == std::string::npos) {
      scanned_ = buffer_.size();
      return buffer_.size() > kMostHead ? bad("the head of the answer is too long") : state_;
    }
    // Lines are taken from the front one by one, so that folded ones can join the header before.
    std::string line = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    scanned_ = 0;
    if (line.ends_with('\r')) line.pop_back();
    if (status_ == 0) {
      if (!read_status(line)) return bad("the status line can't be read: " + quote(line));
    } else if (!line.empty()) {
      if (!read_header(line)) return bad("a header can't be read: " + quote(line));
    } else if (status_ >= 200 || status_ == 101) {
      open_body();
      return state_ == State::body ? read_body() : state_;
    } else {
      if (++interim_ > kMostInterim) return bad("too many interim answers");
      status_ = 0;
      headers_.clear();
    }
  }
}

bool Http1Response::read_status(std::string_view line) {
  // HTTP/1.1 101 Switching Protocols
  if (line.size() < 12 || !line.starts_with(kStart) || line[8] != ' ') return false;
  const auto status = number_of(line.substr(9, 3), 10);
  if (!status || *status < 100 || *status > 999 || (line.size() > 12 && line[12] != ' ')) return false;
  version_ = said(line.substr(5, 3));
  reason_ = line.size() > 13 ? said(line.substr(13), 500) : "";
  status_ = static_cast<int>(*status);
  return true;
}

bool Http1Response::read_header(std::string_view line) {
  std::size_t size = 0;
  for (const auto& [name, value] : headers_) size += name.size() + value.size();
  if (headers_.size() >= kMostHeaders || size + line.size() > kMostHead) return false;
  if (line.front() == ' ' || line.front() == '\t') {
    if (headers_.empty()) return false;
    headers_.back().second += " " + std::string(text::trim(line));
    return true;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return false;
  headers_.emplace_back(text::lower(line.substr(0, colon)), text::trim(line.substr(colon + 1)));
  return true;
}

/// RFC 9112 6.3: what says where the body ends.
void Http1Response::open_body() {
  state_ = State::body;
  if (status_ == 101 || status_ == 204 || status_ == 304) {
    complete_ = true;
    state_ = State::whole;
    return;
  }
  if (const auto coding = header("transfer-encoding")) {
    chunked_ = text::contains(text::lower(*coding), "chunked");
    return;
  }
  if (const auto length = header("content-length")) left_ = number_of(text::trim(*length), 10);
}

Http1Response::State Http1Response::read_body() {
  if (chunked_) return read_chunks();
  std::string_view piece = buffer_;
  if (left_) piece = piece.substr(0, std::min(*left_, piece.size()));
  if (left_) *left_ -= piece.size();
  keep(piece);
  buffer_.clear();
  if (left_ && *left_ == 0) {
    complete_ = state_ != State::whole;
    state_ = State::whole;
  }
  return state_;
}

Http1Response::State Http1Response::read_chunks() {
  std::string_view left = buffer_;
  while (state_ == State::body) {
    if (left_ && *left_ > 0) {
      const std::size_t size = std::min(*left_, left.size());
      if (size == 0) break;
      keep(left.substr(0, size));
      *left_ -= size;
      left.remove_prefix(size);
      continue;
    }
    const std::size_t end = left.find('\n');
    if (end == std::string_view::npos) {
      if (left.size() > kMostChunkLine) return bad("the length of a chunk can't be read");
      break;
    }
    std::string_view line = left.substr(0, end);
    left.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (const std::string wrong = read_chunk_line(line); !wrong.empty()) return bad(wrong);
  }
  buffer_ = std::string(left);
  return state_;
}

/// A line between chunks: the next one's length, the end of one, or of the trailer. What is wrong with it.
std::string Http1Response::read_chunk_line(std::string_view line) {
  if (trailer_) {
    complete_ = line.empty();
    if (complete_) state_ = State::whole;
    return {};
  }
  if (left_) {
    left_.reset();
    return line.empty() ? "" : "a chunk is longer than it says";
  }
  left_ = number_of(text::trim(line.substr(0, line.find(';'))), 16);
  if (!left_) return "the length of a chunk can't be read: " + quote(line, 60);
  trailer_ = *left_ == 0;
  return {};
}

Http1Response::State Http1Response::keep(std::string_view bytes) {
  body_ += bytes.substr(0, kMostBody - body_.size());
  if (body_.size() == kMostBody) state_ = State::whole;
  return state_;
}

}  // namespace aztriage::probe::wire
