// SPDX-License-Identifier: Apache-2.0
// How a launch fails: the fibers are left where they are, the message goes to the host.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "kernels/emulator/runtime/sanitizers.h"
#include "kernels/emulator/runtime/worker.h"

namespace qbench::simt {
namespace {

constexpr std::size_t kLongestList = 300;

std::string text(GridSize index) {
  return "(" + std::to_string(index.x) + "," + std::to_string(index.y) + "," +
         std::to_string(index.z) + ")";
}

std::string text(const EmulatorOptions& options) {
  if (options.schedule == Schedule::forward) return "forward";
  if (options.schedule == Schedule::reverse) return "reverse";
  return "random:" + std::to_string(options.seed);
}

std::string text(Site site) {
  return std::string(base_name(site.file)) + ":" + std::to_string(site.line) + ": " +
         site.operation;
}

std::string place(const Thread& thread) {
  if (thread.status == Status::exited) return "exited";
  if (thread.status == Status::runnable) return "running or could run";
  return "wait at " + text(thread.site);
}

// 0-3,7: ranges of thread numbers.
std::string ranges(const std::vector<int>& sorted) {
  std::string list;
  for (std::size_t i = 0, j; i < sorted.size(); i = j) {
    for (j = i + 1; j < sorted.size() && sorted[j] == sorted[j - 1] + 1;) ++j;
    if (list.size() > kLongestList) return list + ",...";
    list += (i ? "," : "") + std::to_string(sorted[i]);
    if (j > i + 1) list += "-" + std::to_string(sorted[j - 1]);
  }
  return list;
}

}  // namespace

bool same_place(const Site& a, const Site& b) {
  return a.line == b.line && (a.file == b.file || std::strcmp(a.file, b.file) == 0);
}

const char* base_name(const char* file) {
  const char* slash = std::strrchr(file, '/');
  return slash ? slash + 1 : file;
}

std::string this_thread() {
  return "block " + text(current->block->block_index) + " thread " + text(current->thread_index) +
         " warp " + std::to_string(current->warp) + " lane " + std::to_string(current->lane) +
         ", schedule " + text(worker->options);
}

std::string who_waits_where() {
  const Block& block = worker->block;
  std::map<std::string, std::vector<int>> places;
  for (int i = 0; i < block.threads; ++i) places[place(block.thread[i])].push_back(i);
  std::string all;
  for (const auto& [where, threads] : places)
    all += "\n  " + std::to_string(threads.size()) + " threads " + where + ": " + ranges(threads);
  return all;
}

void abandon(std::string message) {
  worker->error = std::move(message);
  Fiber& from = *worker->running;
  worker->running = &worker->main;
  switch_fiber(from, worker->main);
  std::abort();  // nothing switches back to an abandoned fiber
}

void fail(Site site, const char* format, ...) {
  std::string whole = text(site) + ": ";
  {
    const TsanQuiet quiet;
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    whole += std::string(message) + "; " + this_thread() + who_waits_where();
  }
  abandon(std::move(whole));
}

}  // namespace qbench::simt
