// SPDX-License-Identifier: Apache-2.0
// Streams tensors into safetensors and GGUF files.
#include "harness/convert/out_file.h"

#include <algorithm>

#include "suites/checkpoints/gguf/gguf.h"
#include "suites/checkpoints/gguf/gguf_writer.h"
#include "suites/checkpoints/mapped_file.h"
#include "suites/checkpoints/safetensors/safetensors_dtypes.h"

namespace qbench {
namespace {

std::int64_t bytes_of(const TensorHeader& header, FileKind kind) {
  if (kind == FileKind::gguf) return gguf_bytes(*find_gguf_type(header.dtype), header.shape);
  std::int64_t bits = find_file_dtype(header.dtype)->bits;
  for (const std::int64_t dimension : header.shape) bits *= dimension;
  return bits / 8;
}

// Calls write(tensor's name, bytes) for all that a conversion comes to.
template <class Write>
ErrorSums write_one(const Conversion& conversion, FileKind kind, const Target& target,
                    const Write& write) {
  if (is_copied(conversion, kind)) {
    write(conversion.tensor->name, bytes_in_file(*conversion.tensor));
    return {};
  }
  const Converted converted = convert(conversion, target);
  for (const NewTensor& tensor : converted.tensors)
    write(tensor.name, std::span<const std::byte>(tensor.bytes));
  return converted.error;
}

void write_safetensors(const OutFile& file, const std::filesystem::path& path, const Target& target,
                       const std::function<void(const Conversion&)>& begin,
                       const Written& written) {
  // transformers refuses files that do not name their framework.
  SafetensorsWriter writer(path.string(), file.headers, {{"format", "pt"}});
  for (const Conversion& conversion : file.conversions) {
    begin(conversion);
    written(conversion, write_one(conversion, file.kind, target,
                                  [&](const std::string& name, std::span<const std::byte> bytes) {
                                    writer.write(name, bytes);
                                  }));
  }
  writer.finish();
}

void write_gguf(const OutFile& file, const std::filesystem::path& path, const Target& target,
                const std::function<void(const Conversion&)>& begin, const Written& written) {
  const MappedFile source(file.source);
  std::vector<NewGgufTensor> tensors;
  for (const TensorHeader& header : file.headers)
    tensors.push_back({header.name, header.dtype, header.shape});
  GgufWriter writer(path.string(), parse_gguf_header(source.bytes()), std::move(tensors));
  for (const Conversion& conversion : file.conversions) {
    begin(conversion);
    written(conversion, write_one(conversion, file.kind, target,
                                  [&](const std::string&, std::span<const std::byte> bytes) {
                                    writer.write(bytes);
                                  }));
  }
  writer.finish();
}

}  // namespace

std::int64_t OutFile::bytes() const {
  std::int64_t sum = 0;
  for (const TensorHeader& header : headers) sum += bytes_of(header, kind);
  return sum;
}

FileKind kind_of_file(const std::string& path) {
  return is_gguf(MappedFile(path).bytes()) ? FileKind::gguf : FileKind::safetensors;
}

void write_out(const OutFile& file, const std::filesystem::path& path, const Target& target,
               const std::function<void(const Conversion&)>& begin, const Written& written) {
  (file.kind == FileKind::gguf ? write_gguf : write_safetensors)(file, path, target, begin,
                                                                 written);
}

}  // namespace qbench
