#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace aztriage::test {

/// A port of 127.0.0.1 that was free a moment ago, over TCP and UDP.
int free_port();

/// Whether a program is installed; its whole path, or empty.
std::string find_program(const std::string& name);

/// A real server as a child process, ended by its process group's id. Its output goes to a file that
/// `log` reads.
class Server {
 public:
  /// Starts it and waits until the port takes connections; throws, with the log, when it does not.
  Server(const std::vector<std::string>& argv, int port, const std::string& log_file);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  std::string log() const;

 private:
  pid_t pid_ = -1;
  std::string log_file_;
};

}  // namespace aztriage::test
