// Answers of proxies to CONNECT: a captive portal or an inspector may be one without being asked.
#include "fuzz/must.h"
#include "net/proxy_answer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

using namespace aztriage;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto head = net::read_proxy_head(bytes);
  if (!head.whole) {
    test::must(head.answer.status == 0 && head.size == 0, "a part of a head says nothing");
    return 0;
  }
  test::must(head.size >= 4 && head.size <= size, "a head ends within the bytes");
  test::must(bytes.substr(0, head.size).ends_with("\r\n\r\n"), "a head ends with its empty line");
  test::must(!net::read_proxy_head(bytes.substr(0, head.size - 1)).whole, "no head ends before its end");
  const auto alone = net::read_proxy_head(bytes.substr(0, head.size));
  test::must(alone.size == head.size && alone.answer.status == head.answer.status,
             "what follows the head does not matter");
  const int status = head.answer.status;
  test::must(head.malformed ? status == 0 || !bytes.starts_with("HTTP/1.") : status >= 100 && status < 600,
             "only a status line has a status");
  for (const auto& scheme : head.answer.schemes) {
    const bool plain = std::ranges::none_of(scheme, [](unsigned char c) { return c < ' ' || c == 0x7f; });
    test::must(plain, "a scheme has no control characters", scheme);
  }
  if (status < 300) return 0;
  const net::Proxy proxy{};
  test::must(!net::failure_of_proxy_status(head.answer, proxy).text.empty(), "a refusal has words");
  return 0;
}
