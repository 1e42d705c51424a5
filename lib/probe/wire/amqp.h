#pragma once

#include "probe/wire/amqp_types.h"
#include "probe/wire/dialogue.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::probe::wire {

/// Speaks AMQP 1.0 (OASIS AMQP 1.0, parts 2 and 5) up to an open connection, and if it is asked for, to a
/// link with an entity. Nothing is sent or received over the link: it has no credit.
class Amqp : public Dialogue {
 public:
  struct Plan {
    std::string container;  // our name
    std::string host;       // whom we want to speak to, for SASL and open
    bool sasl = true;
    std::string mechanism;  // empty: PLAIN with a user, else ANONYMOUS, else EXTERNAL
    std::string user, password;
    std::string entity;   // a queue, topic, subscription or event hub to attach to
    bool receive = true;  // or send
    double hold = 0;      // seconds to be idle once all is open
  };
  explicit Amqp(Plan plan) : plan_(std::move(plan)) {}

  Step begin() override;
  Step take(std::string_view bytes) override;
  Step woken() override;
  Step closed(const std::optional<fact::Failure>& failure) override;
  std::string_view operation() const override;
  void fill(fact::Observation& seen) const override;

 private:
  enum class Stage { sasl_header, mechanisms, login, header, open, attach, hold, close };

  std::string opening() const;
  Step read_header();
  Step read_frame(const AmqpFrame& frame);
  Step read_sasl(const AmqpValue& value);
  Step read_performative(const AmqpValue& value);
  Step choose(const AmqpValue& offered);
  Step outcome(const AmqpValue& value);
  Step opened(const AmqpValue& value);
  Step refused_by(const AmqpValue& value, std::string_view what);
  Step attached(const AmqpValue& value);
  Step after_open();
  Step start_hold();
  Step start_close();
  std::string summary() const;

  Plan plan_;
  Stage stage_ = Stage::sasl_header;
  std::string buffer_;
  std::size_t frames_ = 0;
  bool withheld_ = false;
  std::vector<std::string> versions_;
  std::optional<std::vector<std::string>> offered_;
  std::string tried_;              // mechanism
  std::optional<int> outcome_;     // of SASL
  std::optional<AmqpValue> open_;  // the server's
  bool attached_ = false;          // the server's attach came
  bool link_refused_ = false;      // it says that a detach follows
  std::string condition_, description_;
  double hold_since_ = 0, quiet_since_ = 0;
  std::optional<double> held_, cut_after_;
  double header_at_ = 0, open_at_ = 0;
  bool answered_ = false;
};

}  // namespace aztriage::probe::wire
