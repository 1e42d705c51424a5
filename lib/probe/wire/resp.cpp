#include "probe/wire/resp.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace aztriage::probe::wire {
namespace {

constexpr std::size_t kMostReply = std::size_t{512} << 10;
constexpr std::size_t kMostValues = 20'000;
constexpr std::size_t kLongestLine = 64 * 1024;  // Redis' own bound of a line
constexpr std::size_t kDeepest = 8;

bool read_number(std::string_view text, std::int64_t& into) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc{} && rest == text.data() + text.size() && !text.empty();
}

}  // namespace

std::string_view Resp::word() const {
  return std::string_view(text).substr(0, text.find(' '));
}

RespReader::Got RespReader::next(Resp& reply) {
  if (broken_) return Got::broken;
  for (;;) {
    if (buffer_.size() < needed_) return Got::more;
    Resp one;
    const std::size_t begin = at_;
    const Got got = value(one);
    if (got != Got::whole) {
      broken_ = got == Got::broken;
      if (!broken_) buffer_.erase(0, std::exchange(at_, 0));
      return got;
    }
    needed_ = 0;
    bytes_ += at_ - begin;
    if (++values_ > kMostValues || bytes_ > kMostReply) return too_much();
    if (one.kind == Resp::Kind::array && one.number > 0) {
      if (open_.size() >= kDeepest || one.number > static_cast<std::int64_t>(kMostValues)) return too_much();
      const auto missing = static_cast<std::size_t>(one.number);
      open_.push_back({std::move(one), missing});
      continue;
    }
    while (!open_.empty()) {
      open_.back().array.items.push_back(std::move(one));
      if (--open_.back().missing > 0) break;
      one = std::move(open_.back().array);
      open_.pop_back();
    }
    if (!open_.empty()) continue;
    values_ = bytes_ = 0;
    reply = std::move(one);
    return Got::whole;
  }
}

RespReader::Got RespReader::too_much() {
  broken_ = too_large_ = true;
  return Got::broken;
}

/// A line behind its type's sign, without its end.
RespReader::Got RespReader::line(std::string_view& into) {
  const std::size_t end = buffer_.find("\r\n", at_);
  if (end == std::string::npos) return buffer_.size() - at_ > kLongestLine ? too_much() : Got::more;
  into = std::string_view(buffer_).substr(at_ + 1, end - at_ - 1);
  return Got::whole;
}

/// One value; of an array only its length. Moves on only when it is whole.
RespReader::Got RespReader::value(Resp& into) {
  if (at_ >= buffer_.size()) return Got::more;
  const char type = buffer_[at_];
  if (std::string_view("+-:$*").find(type) == std::string_view::npos) return Got::broken;
  std::string_view text;
  if (const Got got = line(text); got != Got::whole) return got;
  const std::size_t behind = at_ + text.size() + 3;
  if (type == '+' || type == '-') {
    into.kind = type == '+' ? Resp::Kind::status : Resp::Kind::error;
    into.text = text;
  } else if (!read_number(text, into.number) || (type != ':' && into.number < -1)) {
    return Got::broken;
  } else if (type == ':') {
    into.kind = Resp::Kind::integer;
  } else if (type == '*' && into.number >= 0) {
    into.kind = Resp::Kind::array;
  } else if (into.number >= 0) {
    return bulk(into);
  }
  at_ = behind;
  return Got::whole;
}

RespReader::Got RespReader::bulk(Resp& into) {
  if (into.number > static_cast<std::int64_t>(kMostReply)) return too_much();
  const std::size_t begin = buffer_.find("\r\n", at_) + 2;
  const auto size = static_cast<std::size_t>(into.number);
  if (buffer_.size() < begin + size + 2) {
    needed_ = begin + size + 2 - at_;  // what was read goes before the next try
    return Got::more;
  }
  if (buffer_.compare(begin + size, 2, "\r\n") != 0) return Got::broken;
  into.kind = Resp::Kind::bulk;
  into.text = buffer_.substr(begin, size);
  at_ = begin + size + 2;
  return Got::whole;
}

std::string resp_command(const std::vector<std::string>& words) {
  std::string out = fmt::format("*{}\r\n", words.size());
  for (const std::string& word : words) out += fmt::format("${}\r\n{}\r\n", word.size(), word);
  return out;
}

}  // namespace aztriage::probe::wire
