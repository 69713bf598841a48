// SPDX-License-Identifier: Apache-2.0
// The table of files that turn up in place of safetensors.
#include "suites/checkpoints/safetensors/safetensors_mistaken.h"

#include <re2/re2.h>

#include <algorithm>
#include <list>

namespace qbench {
namespace {

constexpr std::size_t kLooksAt = 512;  // bytes

struct Mistaken {
  const char* begins;  // RE2 over bytes, anchored at the file's start; the first match decides
  const char* what;
  const char* to_do;
};

constexpr const char* kDownload = "download it again, logged in where the repository asks for it";
constexpr const char* kFromTorch = "save its tensors with safetensors.torch.save_file";
constexpr const char* kFromNumpy = "save its arrays with safetensors.numpy.save_file";
constexpr const char* kUnpack = "unpack it";

constexpr Mistaken kMistaken[] = {
    {R"(\z)", "an empty file", kDownload},
    {R"(version https://(?:git-lfs|hawser)\.)", "a Git LFS pointer, not the file",
     "run git lfs pull"},
    {R"(PK\x03\x04.{26}[\w./ -]{0,200}\.npy)", "a NumPy archive (npz)", kFromNumpy},
    {R"(PK\x03\x04.{26}[\w. -]{1,200}/(?:data\.pkl|byteorder|\.?\w*version))",
     "a PyTorch checkpoint (zip)", kFromTorch},
    {R"(PK\x03\x04)", "a zip archive", kUnpack},
    {R"(\x80[\x02-\x05][^\x00])", "a PyTorch checkpoint or another pickle", kFromTorch},
    {R"(\x89HDF\r\n\x1a\n)", "an HDF5 file (Keras)", kFromNumpy},
    {R"(\x08[\x01-\x1f][\x12\x1a:B])", "an ONNX model", kFromNumpy},
    {R"(\x1f\x8b)", "a file compressed with gzip", "run gunzip"},
    {R"(\x28\xb5\x2f\xfd)", "a file compressed with zstd", "run unzstd"},
    {R"(\xfd7zXZ\x00)", "a file compressed with xz", "run unxz"},
    {R"(BZh[1-9])", "a file compressed with bzip2", "run bunzip2"},
    {R"(.{257}ustar)", "a tar archive", kUnpack},
    {R"((?i)(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|!--))",
     "a web page (HTML), such as a login page, not the file", kDownload},
    {R"((?:\xef\xbb\xbf)?\s*<\?xml)", "an XML document, such as a server's error, not the file",
     kDownload},
    {R"((?:\xef\xbb\xbf)?\s*[{[]\s*["{}[\]])", "a JSON text",
     "give a .safetensors or .gguf file, a folder of them or their *.safetensors.index.json"},
    {R"(\x00{16})", "a file of zeros where its header should be, as an unfinished download",
     kDownload},
    {R"([\t\n\r -~]{8})", "a plain text", "read it: it may be a server's error"},
};

struct Kind {
  explicit Kind(const Mistaken& mistaken)
      : row(mistaken), begins("\\A(?:" + std::string(mistaken.begins) + ")", options()) {}

  static RE2::Options options() {
    RE2::Options options(RE2::Latin1);
    options.set_dot_nl(true);
    return options;
  }

  const Mistaken& row;
  RE2 begins;
};

// Compiles the patterns into a list, because an RE2 can be neither copied nor moved.
std::list<Kind> compiled() {
  std::list<Kind> kinds;
  for (const Mistaken& row : kMistaken) kinds.emplace_back(row);
  return kinds;
}

}  // namespace

std::string mistaken_for_safetensors(std::span<const std::byte> file) {
  static const std::list<Kind> kinds = compiled();
  const re2::StringPiece text(reinterpret_cast<const char*>(file.data()),
                              std::min(file.size(), kLooksAt));
  for (const auto& [row, begins] : kinds)
    if (RE2::PartialMatch(text, begins))
      return std::string("this is ") + row.what + ": " + row.to_do;
  return "";
}

}  // namespace qbench
