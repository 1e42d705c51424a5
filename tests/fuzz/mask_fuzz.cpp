// Masking: nothing that is known or has the form of a secret survives in any encoding, whatever stands around
// it; a masked text stays as it is; and the size and the work stay in proportion.
#include "decode/encoding.h"
#include "decode/mask.h"
#include "decode/secret_forms.h"
#include "decode/secret_layers.h"
#include "fuzz/must.h"

using aztriage::test::must;

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace decode = aztriage::decode;

namespace {

constexpr std::string_view kSecrets[] = {"Zq9/secret+of \"1", "p&ss'w0rd%41$x", "correct-horse-9battery"};

/// What is a secret by its form, without its value being known: what stands around the value, and the value.
struct Formed {
  std::string_view before;
  std::string_view value;
};
constexpr Formed kFormed[] = {
    {"DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=",
     "Zm9yIHRlc3RzIG9ubHksIGZvciB0ZXN0cyBvbmx5LCBmb3IgdGVzdHMgb25seSwgZm9yIHRlc3RzIG9ubHksIQ=="},
    {"https://acct.blob.core.windows.net/c/b?sv=2022-11-02&sp=r&sig=",
     "Tm90QVJlYWxTaWduYXR1cmUxMjM0NTY3ODkwYWJjZGU%3D"},
    {"Authorization: Bearer ",
     "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJub2JvZHkgYXQgYWxsIn0.c2lnbmF0dXJlLW9mLW5vYm9keS1hdC1hbGw"},
    {"AZURE_CLIENT_SECRET=", "tr0ub4dor+Horse"},
};

std::string spelled(std::string_view value, std::string_view signs, std::string_view before) {
  std::string out;
  for (const char c : value) {
    if (signs.find(c) != std::string_view::npos) out += before;
    out += c;
  }
  return out;
}

std::string wide(std::string_view value) {
  std::string out;
  for (const char c : value) out += std::string(1, c) + '\0';
  return out;
}

std::string hexadecimal(std::string_view value, std::string_view before, std::string_view digits) {
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    out += before;
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}

std::string broken(std::string_view value, std::string_view with) {
  const std::size_t middle = value.size() / 2;
  return std::string(value.substr(0, middle)) + std::string(with) + std::string(value.substr(middle));
}

/// The encodings of any text.
std::vector<std::string> coded(std::string_view text) {
  const std::string percent = decode::percent_encode(text);
  const std::string base64 = decode::base64_encode(text);
  return {std::string(text),
          percent,
          decode::percent_encode(percent),
          base64,
          decode::base64_encode("u:" + std::string(text)),
          decode::base64_encode("u::" + std::string(text)),
          decode::base64_encode(base64),
          decode::base64_encode(wide(text)),
          decode::percent_encode(base64),
          spelled(text, "\"/\\", "\\"),
          hexadecimal(text, "%", "0123456789abcdef"),
          hexadecimal(text, "\\u00", "0123456789abcdef"),
          hexadecimal(text, "\\x", "0123456789ABCDEF")};
}

/// Those that need the value itself to be known.
std::vector<std::string> known_forms(std::string_view secret) {
  std::vector<std::string> forms = coded(secret);
  forms.push_back(spelled(secret, "\"$`", "`"));
  forms.push_back(hexadecimal(secret, "", "0123456789abcdef"));
  forms.push_back(hexadecimal(secret, "", "0123456789ABCDEF"));
  forms.push_back(broken(secret, "\\\n"));
  return forms;
}

/// Masks, and holds the result to what every result has to be.
std::string masked(const std::string& text, const decode::SecretSet& known) {
  const decode::Masked once = decode::mask(text, known);
  must(once.text.size() <= text.size() + 3 * once.count, "a mask is no longer than what was found");
  must(once.count > 0 || once.text == text, "nothing was found, so nothing is changed");
  const decode::Masked again = decode::mask(once.text, known);
  must(again.count == 0 && again.text == once.text, "masking a masked text changes nothing");
  return once.text;
}

void check_spans(std::string_view text) {
  std::size_t last = 0;
  for (const decode::SecretSpan& span : decode::find_secrets(text)) {
    must(span.begin < span.end && span.end <= text.size(), "a secret lies in the text");
    must(span.begin >= last, "secrets are sorted and apart");
    last = span.end;
  }
}

/// Every byte that is looked at, each as often as it is.
std::size_t work_on(std::string_view text) {
  std::size_t bytes = 0;
  decode::scan_layers(text, [&](std::string_view piece, std::vector<decode::SecretSpan>& out) {
    bytes += piece.size();
    decode::scan_forms(piece, out);
  });
  return bytes;
}

void check_work(std::string_view text) {
  constexpr std::size_t kMostLooks = 200;  // views of a text, and of what is encoded in it
  must(work_on(text) <= kMostLooks * (text.size() + 64), "the work stays in proportion");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_spans(text);
  check_work(text);
  const std::size_t way = size > 0 ? data[0] : 0;
  const std::string before(text.substr(0, size / 2));
  const std::string after(text.substr(size / 2));

  const std::string_view secret = kSecrets[way % std::size(kSecrets)];
  decode::SecretSet known;
  known.add(secret);
  const std::vector<std::string> forms = known_forms(secret);
  const std::string& one = forms[way % forms.size()];
  must(masked(before + " " + one + " " + after, known).find(one) == std::string::npos,
       "a known secret is gone");
  std::string all = before;
  for (const std::string& form : forms) all += "\n" + form;
  all = masked(all + "\n" + after, known);
  for (const std::string& form : forms)
    must(all.find(form) == std::string::npos, "a known secret is gone in each of its forms");

  const Formed& formed = kFormed[way % std::size(kFormed)];
  const std::string whole = std::string(formed.before) + std::string(formed.value);
  const std::vector<std::string> ways = coded(whole);
  const std::string& line = ways[way / std::size(kFormed) % ways.size()];
  // The end of the encoded text is the value's, whatever the encoding.
  const std::string end = line.substr(line.size() - line.size() * formed.value.size() / whole.size() / 2);
  must(masked(before + "\n\n" + line + "\n\n" + after, {}).find(end) == std::string::npos,
       "what has the form of a secret is gone");

  constexpr std::size_t kLong = 16 * 1024;
  if (size > 0 && size < 64 && way % 8 == 0) {  // which costs as much as all the rest
    std::string longer;
    while (longer.size() < kLong) longer += text;
    check_work(longer);
  }
  return 0;
}
