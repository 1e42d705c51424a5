#pragma once

#include "base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::net::dns {

/// Record types that we ask for or read (RFC 1035, 3596, 8659).
enum class Type : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  txt = 16,
  aaaa = 28,
  opt = 41,
  caa = 257
};

/// Response codes as they stand in the header, the extended bits of EDNS included (RFC 6891).
inline constexpr int kNoError = 0, kFormErr = 1, kServFail = 2, kNxDomain = 3, kNotImp = 4, kRefused = 5;

/// As the registry calls it: "SERVFAIL"; "RCODE 23" for one without a name here.
std::string rcode_name(int rcode);

/// One resource record. Names are without the final dot, unusual bytes escaped as in zone files.
struct Record {
  std::string name;
  std::uint16_t type = 0;
  std::uint32_t ttl = 0;
  std::string data;   // address, name, text of a TXT record, value of a CAA record, first name of an SOA
  std::string tag;    // of a CAA record, in lower case
  std::string shown;  // the whole record's data as a zone file would show it
  bool is(Type t) const { return type == static_cast<std::uint16_t>(t); }
};

struct Message {
  std::uint16_t id = 0;
  bool response = false;
  bool authoritative = false;
  bool truncated = false;
  bool recursion_available = false;
  bool authentic = false;
  int rcode = kNoError;
  std::string question;  // the name asked for; empty when the question was not repeated
  std::uint16_t question_type = 0;
  std::vector<Record> answers, authority, additional;  // of class IN; the OPT record is left out
};

/// Reads one message of at most 64 KiB; never reads beyond it, and compression pointers only lead backwards.
/// Records of types that are not listed above keep their name and type, their data stays empty.
Result<Message> parse(std::span<const std::uint8_t> bytes);

/// Whether this is a response to that question. A server that can't answer may leave the question out.
bool answers_question(const Message& message, std::string_view name, Type type);

/// The aliases of a name, as the answers tell them: in order, without the name itself.
struct Aliases {
  std::vector<std::string> names;
  bool loop = false;  // they lead back to a name that was there already
};
Aliases aliases_of(const Message& message, std::string_view name);

/// Drops answers that are neither about the name nor about one of its aliases: a server may send them, but
/// they answer nothing.
void keep_answers_about(Message& message, std::string_view name);

/// Host names as DNS compares them: without case and final dot.
bool same_name(std::string_view a, std::string_view b);

}  // namespace aztriage::net::dns
