#pragma once

#include "probe/wire/dialogue.h"
#include "probe/wire/kafka_messages.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::probe::wire {

/// Speaks Kafka's protocol as a client does at its start: which requests the broker knows, which logins it
/// offers, the login, the cluster's brokers and one topic. It reads and writes no record.
class Kafka : public Dialogue {
 public:
  struct Plan {
    std::string mechanism = "PLAIN";  // to ask for; PLAIN and OAUTHBEARER can be carried out
    std::string user, password;       // of OAUTHBEARER the password is the token
    std::string topic;
    double hold = 0;  // seconds to be idle at the end
  };
  explicit Kafka(Plan plan) : plan_(std::move(plan)) {}

  Step begin() override;
  Step take(std::string_view bytes) override;
  Step woken() override;
  Step closed(const std::optional<fact::Failure>& failure) override;
  std::string_view operation() const override;
  void fill(fact::Observation& seen) const override;
  std::size_t most_bytes() const override { return std::size_t{4} << 20; }

  const std::optional<kafka::Metadata>& metadata() const { return metadata_; }

 private:
  enum class Stage { versions, mechanisms, login, metadata, hold };

  Step ask(kafka::Api api, int version, const std::string& body);
  Step read(std::string_view message);
  Step read_versions(std::string_view body);
  Step read_mechanisms(std::string_view body);
  Step log_in();
  Step read_login(std::string_view body);
  Step ask_metadata();
  Step read_metadata(std::string_view body);
  Step finish_or_hold();
  Step refused(std::string text, int error);
  Step malformed(std::string_view what) const;
  const kafka::ApiRange* range_of(kafka::Api api) const;
  void fill_metadata(fact::Observation& seen) const;
  std::string summary() const;

  Plan plan_;
  Stage stage_ = Stage::versions;
  std::string buffer_;
  std::int32_t correlation_ = 0;
  int asked_version_ = 3;
  bool raw_login_ = false;  // the bytes of SASL stand alone, as after version 0 of the handshake
  bool answered_ = false;
  bool withheld_ = false;
  std::vector<kafka::ApiRange> apis_;
  std::optional<std::vector<std::string>> offered_;
  bool login_wanted_ = true;
  std::optional<bool> logged_in_;
  std::string error_, error_text_;
  std::optional<kafka::Metadata> metadata_;
  int metadata_version_ = 0;
  double answered_at_ = 0, ready_at_ = 0;
  double hold_since_ = 0;
  std::optional<double> held_, cut_after_;
};

}  // namespace aztriage::probe::wire
