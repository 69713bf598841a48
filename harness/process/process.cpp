// SPDX-License-Identifier: Apache-2.0
// Runs programs by vfork and exec, with stdout and stderr in files in memory.
#include "harness/process/process.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "harness/process/interrupt.h"

namespace qbench {
namespace {

class MemoryFile {
 public:
  MemoryFile() : file_(::memfd_create("qbench", MFD_CLOEXEC)) {
    if (file_ < 0) throw std::runtime_error(std::string("memfd_create: ") + std::strerror(errno));
  }
  MemoryFile(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(file_); }
  int file() const { return file_; }
  std::string text() const {
    std::string text;
    char piece[4096];
    ssize_t count = 0;
    for (off_t at = 0; (count = ::pread(file_, piece, sizeof piece, at)) > 0; at += count)
      text.append(piece, static_cast<std::size_t>(count));
    return text;
  }

 private:
  int file_;
};

// Texts in the form of exec's arguments; they outlive the object.
class TextArray {
 public:
  explicit TextArray(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) pointers_.push_back(const_cast<char*>(text.c_str()));
    pointers_.push_back(nullptr);
  }
  char* const* get() const { return pointers_.data(); }

 private:
  std::vector<char*> pointers_;
};

// The command's variables, then those of this process that they do not replace.
std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> all;
  for (const auto& [name, value] : command.environment) all.push_back(name + '=' + value);
  for (char** own = environ; *own != nullptr; ++own) {
    const std::string_view name =
        std::string_view(*own).substr(0, std::string_view(*own).find('='));
    if (std::ranges::none_of(command.environment,
                             [&](const auto& set) { return set.first == name; }))
      all.emplace_back(*own);
  }
  return all;
}

// Runs in the child, in the parent's memory (vfork), and never returns. Writes errno to `failure`
// if exec fails.
[[noreturn]] void become(const Command& command, const TextArray& arguments,
                         const TextArray& environment, int out, int err, int failure) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // ends the child if its parent dies
  ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  if (!command.show_stderr) ::dup2(err, STDERR_FILENO);
  if (command.folder.empty() || ::chdir(command.folder.c_str()) == 0)
    ::execvpe(arguments.get()[0], arguments.get(), environment.get());
  const int error = errno;
  if (::write(failure, &error, sizeof error) < 0) ::_exit(126);
  ::_exit(127);
}

// The child's status once it has ended; absent if that takes longer than so many seconds, or than a
// grace period after an interrupt.
std::optional<int> status_within(pid_t child, double seconds) {
  constexpr auto kLongest = std::chrono::milliseconds(20);
  constexpr auto kGrace = std::chrono::seconds(10);
  std::chrono::time_point<std::chrono::steady_clock, std::chrono::duration<double>> end =
      std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  bool told = false;  // an interrupt was seen
  for (auto pause = std::chrono::microseconds(100);;
       pause = std::min<decltype(pause)>(2 * pause, kLongest)) {
    int status = 0;
    if (::waitpid(child, &status, WNOHANG) != 0) return status;
    const auto now = std::chrono::steady_clock::now();
    if (interrupted() && !told) end = std::min<decltype(end)>(end, now + kGrace);
    told = interrupted();
    if (now >= end) return std::nullopt;
    std::this_thread::sleep_for(pause);
  }
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return 1 << 8;
  return status;
}

Ended ended(int status) {
  return {.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          .out = {},
          .err = {}};
}

Ended wait_for(pid_t child, double timeout) {
  if (timeout <= 0) return ended(wait_for(child));
  if (const std::optional<int> status = status_within(child, timeout)) return ended(*status);
  ::kill(child, SIGKILL);
  Ended killed = ended(wait_for(child));
  killed.timed_out = true;
  return killed;
}

}  // namespace

Ended run_process(const Command& command) {
  const TextArray arguments(command.arguments);
  const std::vector<std::string> variables = environment_of(command);
  const TextArray environment(variables);
  const MemoryFile out, err, failure;
  // fork copies the page tables of all that a sweep holds, which takes longer than the program.
  const pid_t child = ::vfork();
  if (child == 0) become(command, arguments, environment, out.file(), err.file(), failure.file());
  int error = errno;
  Ended end = child < 0 ? Ended{} : wait_for(child, command.timeout);
  if (child < 0 || ::pread(failure.file(), &error, sizeof error, 0) > 0)
    throw std::runtime_error("cannot run " + command.arguments[0] + ": " + std::strerror(error));
  end.out = out.text();
  end.err = err.text();
  return end;
}

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  if (end == text.npos) return {};
  const std::size_t begin = text.find_last_of("\r\n", end);
  return text.substr(begin + 1, end - begin);
}

std::string shell_line(const std::vector<std::string>& arguments) {
  constexpr const char* kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,+@%^";
  std::string line;
  for (const std::string& argument : arguments) {
    if (!line.empty()) line += ' ';
    if (!argument.empty() && argument.find_first_not_of(kPlain) == argument.npos) {
      line += argument;
      continue;
    }
    line += '\'';
    for (const char c : argument) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += '\'';
  }
  return line;
}

TemporaryFolder::TemporaryFolder() {
  path_ = (std::filesystem::temp_directory_path() / "qbench-XXXXXX").string();
  if (::mkdtemp(path_.data()) == nullptr)
    throw std::runtime_error("cannot make " + path_ + ": " + std::strerror(errno));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace qbench
