#pragma once

#include "casefile/record.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace aztriage::casefile {

/// The system calls that a full or broken disk makes fail; tests put their own in.
class Disk {
 public:
  virtual ~Disk() = default;
  virtual long write(int fd, const char* data, std::size_t size);
  virtual int sync(int fd);
  virtual int truncate(int fd, std::size_t size);
};
Disk& real_disk();

/// Events that could not be written, since when and why.
struct Trouble {
  std::string what;
  UtcTime since{};
};

/// One case file, open for appending and locked. Each line is whole and on the disk when `write` returns.
/// When that fails, the file is cut back to its last whole line, the lines wait in memory, and each later
/// `write` tries them again, so a disk that has room again misses nothing.
class Writer : public engine::Journal {
 public:
  /// A new case in `folder` (made if need be, 0700; the file is 0600) with an id that is not taken.
  static Result<std::unique_ptr<Writer>> create(const std::filesystem::path& folder, Header header,
                                                const engine::Start& start, Disk& disk = real_disk());
  /// Goes on in a file. What is torn at its end is cut off. Locked by another process: an error that names
  /// it.
  static Result<std::unique_ptr<Writer>> append(const std::filesystem::path& path, Disk& disk = real_disk());
  ~Writer() override;
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void write(std::span<const engine::Event> events) override;
  /// Another session in the same case.
  void begin(const engine::Start& start);

  const std::string& id() const { return header_.id; }
  const std::filesystem::path& path() const { return path_; }
  /// Why nothing is recorded now; nothing while all is well.
  const std::optional<Trouble>& trouble() const { return trouble_; }

 private:
  Writer(int fd, std::filesystem::path path, Header header, Disk& disk);
  void put(const std::string& lines);
  int try_to_write(std::string_view lines);

  int fd_ = -1;
  std::filesystem::path path_;
  Header header_;
  Disk& disk_;
  std::size_t size_ = 0;  // of whole lines that are on the disk
  std::string waiting_;
  bool lost_ = false;  // no more is kept
  std::optional<Trouble> trouble_;
};

}  // namespace aztriage::casefile
