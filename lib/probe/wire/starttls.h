#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace aztriage::probe::wire {

enum class StartTlsProtocol { none, smtp, imap, pop3, ftp, postgres, mysql };
inline constexpr std::array<std::string_view, 7> kStartTlsNames = {"none", "smtp",     "imap", "pop3",
                                                                   "ftp",  "postgres", "mysql"};

/// The talk before TLS of protocols that begin in plain text. Takes the server's bytes as they come and says
/// what to send; does no I/O. What a server says is bounded: 64 KiB in all.
class StartTls {
 public:
  explicit StartTls(StartTlsProtocol protocol) : protocol_(protocol) {}

  struct Step {
    std::string send;                    // may be empty: wait for more
    bool ready = false;                  // TLS can begin
    std::optional<std::string> refused;  // why it can't, for people
    bool strange = false;                // of a refusal: this is another protocol
  };
  Step begin();
  Step feed(std::string_view bytes);

 private:
  Step line(std::string_view text);
  Step smtp_line(std::string_view text);
  Step imap_line(std::string_view text);
  Step pop3_line(std::string_view text);
  Step ftp_line(std::string_view text);
  Step postgres_bytes();
  Step mysql_bytes();
  bool final_line(std::string_view text) const;

  StartTlsProtocol protocol_;
  std::string buffer_;
  std::size_t total_ = 0;
  int stage_ = 0;
  bool offered_ = false;       // smtp: the server lists STARTTLS
  bool within_reply_ = false;  // ftp: lines without a code of their own follow
};

}  // namespace aztriage::probe::wire
