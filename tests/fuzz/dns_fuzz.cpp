// Answers of name servers: whoever is on the path can send them.
#include "fuzz/must.h"
#include "net/dns_message.h"

#include <cstddef>
#include <cstdint>

using namespace aztriage;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto message = net::dns::parse({data, size});
  if (!message) {
    test::must(!message.error().what.empty(), "an error says what is wrong");
    return 0;
  }
  // An encoded name has at most 255 bytes, each of which is escaped into at most four signs.
  constexpr std::size_t kLongest = 255 * 4;
  constexpr std::size_t kSmallestRecord = 11;
  std::size_t records = 0;
  for (const auto* section : {&message->answers, &message->authority, &message->additional})
    for (const auto& record : *section) {
      ++records;
      test::must(record.name.size() <= kLongest, "a name is bounded", record.name);
      for (const char c : record.name) test::must(c > ' ' && c < '\x7f', "a name is printable", record.name);
      if (record.is(net::dns::Type::cname)) test::must(record.data.size() <= kLongest, "an alias is bounded");
      if (record.is(net::dns::Type::a))
        test::must(record.data.size() >= 7 && record.data.size() <= 15, "an address");
    }
  test::must(records * kSmallestRecord <= size, "records come from bytes");
  const auto aliases = net::dns::aliases_of(*message, message->question);
  test::must(aliases.names.size() <= 64, "aliases are bounded");
  if (net::dns::answers_question(*message, "shop.contoso.com", net::dns::Type::a))
    test::must(message->response, "only a response answers");
  return 0;
}
