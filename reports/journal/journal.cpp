// SPDX-License-Identifier: Apache-2.0
// Writes the journal by open(2) and write(2), so that every line is in the file before the next
// case.
#include "reports/journal/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <type_traits>

#include "reports/fields.h"
#include "reports/file.h"

namespace qbench {
namespace {

using Json = nlohmann::ordered_json;

// Invalid UTF-8 becomes U+FFFD.
std::string one_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// True for an empty file, a file that begins like a journal, and anything but a regular file.
bool is_journal(int file) {
  constexpr std::string_view kBegin = R"({"type":"environment")";
  struct stat status {};
  char begin[kBegin.size()];
  if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return true;
  const ssize_t count = ::pread(file, begin, sizeof begin, 0);
  return std::string_view(begin, count < 0 ? 0 : static_cast<std::size_t>(count)) == kBegin;
}

int open_journal(const std::string& path, Journal::Open how) {
  const bool create = how == Journal::Open::create;
  const int flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | (create ? O_EXCL : 0);
  const int file = ::open(path.c_str(), flags, 0666);
  if (file < 0 && create && errno == EEXIST)
    throw std::runtime_error(
        fmt::format("{} exists: give --append to add to it, or another name", path));
  if (file < 0) fail("open", path);
  if (!create && !is_journal(file)) {
    ::close(file);
    throw std::runtime_error(path + " is no journal of qbench: name another file");
  }
  return file;
}

// True if the last line is torn, as by a crash during a write.
bool ends_torn(int file) {
  struct stat status {};
  char last = '\n';
  return ::fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
         ::pread(file, &last, 1, status.st_size - 1) == 1 && last != '\n';
}

}  // namespace

std::string journal_line(const Environment& environment) {
  Json line;
  line["type"] = "environment";
  for (const auto& [name, value] : environment) line[name] = value;
  return one_line(line);
}

std::string journal_line(const Result& result) {
  Json line;
  line["type"] = "result";
  for (const Field& field : result_fields())
    std::visit(
        [&](auto value) {
          if constexpr (!std::is_same_v<decltype(value), std::monostate>) line[field.name] = value;
        },
        field.value(result));
  return one_line(line);
}

Journal::Journal(const std::string& path, Open how, const Environment& environment)
    : path_(path), file_(open_journal(path, how)) {
  try {
    if (ends_torn(file_)) write_all(file_, "\n", path_);
    write_line(journal_line(environment));
  } catch (...) {
    ::close(file_);
    throw;
  }
}

Journal::~Journal() { ::close(file_); }

void Journal::add(const Result& result) { write_line(journal_line(result)); }

void Journal::write_line(const std::string& line) {
  write_all(file_, line + "\n", path_);
  if (::fdatasync(file_) != 0 && errno != EINVAL && errno != EROFS) fail("write", path_);
}

}  // namespace qbench
