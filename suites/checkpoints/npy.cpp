// SPDX-License-Identifier: Apache-2.0
// Reads the header of .npy strictly (NumPy's numpy.lib.format): a dictionary of three keys.
#include "suites/checkpoints/npy.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "reports/text/text.h"
#include "suites/checkpoints/fail_file.h"

namespace qbench {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

struct NpyDtype {
  std::string_view descr, dtype;
  std::int64_t size;
};
constexpr NpyDtype kDtypes[] = {{"<f2", "F16", 2}, {"<f4", "F32", 4}, {"<f8", "F64", 8},
                                {"|i1", "I8", 1},  {"|u1", "U8", 1},  {"<i2", "I16", 2},
                                {"<i4", "I32", 4}, {"<i8", "I64", 8}, {"|b1", "BOOL", 1}};

const NpyDtype& dtype_of(std::string_view descr) {
  for (const NpyDtype& known : kDtypes)
    if (known.descr == descr) return known;
  fail_file("an array of dtype " + in_quotes(descr) + " is not read: save it as float32");
}

// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
class Header {
 public:
  explicit Header(std::string_view text) : rest_(text) {
    expect("{");
    while (!take("}")) {
      read_field();
      if (!take(",") && !rest_.starts_with("}")) fail_here();
    }
    skip_spaces();
    if (!rest_.empty()) fail_here();
    if (!descr_ || !fortran_ || !shape_)
      fail_file("its header lacks descr, fortran_order or shape");
  }

  const std::string& descr() const { return *descr_; }
  bool fortran() const { return *fortran_; }
  const std::vector<std::int64_t>& shape() const { return *shape_; }

 private:
  [[noreturn]] static void fail_here() { fail_file("its header is not that of an .npy file"); }

  void skip_spaces() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n"), rest_.size()));
  }
  bool take(std::string_view text) {
    skip_spaces();
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    skip_spaces();
    return true;
  }
  void expect(std::string_view text) {
    if (!take(text)) fail_here();
  }

  std::string text() {
    expect("'");
    const std::size_t end = rest_.find('\'');
    if (end == rest_.npos) fail_here();
    std::string found(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return found;
  }

  std::vector<std::int64_t> numbers() {
    constexpr std::size_t kMostDimensions = 64;
    std::vector<std::int64_t> all;
    expect("(");
    while (!take(")")) {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
      if (error != std::errc() || number < 0 || all.size() == kMostDimensions) fail_here();
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      all.push_back(number);
      if (!take(",") && !rest_.starts_with(")")) fail_here();
    }
    return all;
  }

  bool boolean() {
    if (take("True")) return true;
    expect("False");
    return false;
  }

  void read_field() {
    const std::string key = text();
    expect(":");
    if (key == "descr" && !descr_)
      descr_ = text();
    else if (key == "fortran_order" && !fortran_)
      fortran_ = boolean();
    else if (key == "shape" && !shape_)
      shape_ = numbers();
    else
      fail_here();
  }

  std::string_view rest_;
  std::optional<std::string> descr_;
  std::optional<bool> fortran_;
  std::optional<std::vector<std::int64_t>> shape_;
};

// Version 1 has 2 bytes of length, later ones 4.
std::size_t length_bytes(std::span<const std::byte> file) {
  if (file.size() < kMagic.size() + 2) fail_file("cut off: an .npy file has a header");
  const int version = std::to_integer<int>(file[kMagic.size()]);
  if (version < 1 || version > 3)
    fail_file("version " + std::to_string(version) + " of the .npy format is not known");
  return version == 1 ? 2 : 4;
}

std::int64_t byte_count(const std::vector<std::int64_t>& shape, std::int64_t size) {
  std::int64_t bytes = size;
  for (const std::int64_t dimension : shape)
    if (__builtin_mul_overflow(bytes, std::max<std::int64_t>(dimension, 1), &bytes))
      fail_file("its shape is too large: its size overflows");
  return std::find(shape.begin(), shape.end(), 0) != shape.end() ? 0 : bytes;
}

// The order of the dimensions as the numbers lie: a matrix in Fortran's order is its transpose.
void set_order(bool fortran, Tensor& tensor) {
  tensor.layout = default_layout(tensor.name, tensor.shape);
  if (!fortran || tensor.shape.size() < 2) return;
  if (tensor.shape.size() > 2)
    fail_file("an array of " + std::to_string(tensor.shape.size()) +
              " dimensions in Fortran's order is not read: save numpy.ascontiguousarray of it");
  std::swap(tensor.shape[0], tensor.shape[1]);
  tensor.layout = Layout::transposed;
}

}  // namespace

bool is_npy(std::span<const std::byte> file) {
  return file.size() >= kMagic.size() &&
         std::memcmp(file.data(), kMagic.data(), kMagic.size()) == 0;
}

Tensor parse_npy(std::span<const std::byte> file, const std::string& name) {
  const std::size_t field = length_bytes(file), before = kMagic.size() + 2 + field;
  if (file.size() < before) fail_file("cut off: an .npy file has a header");
  std::uint32_t length = 0;
  std::memcpy(&length, file.data() + kMagic.size() + 2, field);
  if (length > file.size() - before) fail_file("cut off within its header");
  const Header header({reinterpret_cast<const char*>(file.data()) + before, length});
  const NpyDtype& dtype = dtype_of(header.descr());
  const std::span<const std::byte> data = file.subspan(before + length);
  const std::int64_t bytes = byte_count(header.shape(), dtype.size);
  if (bytes != std::ssize(data))
    fail_file("its shape needs " + std::to_string(bytes) + " bytes of data, but it has " +
              std::to_string(data.size()) + (bytes > std::ssize(data) ? " (cut off?)" : ""));
  Tensor tensor = {
      .name = name, .dtype = std::string(dtype.dtype), .shape = header.shape(), .bytes = data};
  set_order(header.fortran(), tensor);
  return tensor;
}

}  // namespace qbench
