// SPDX-License-Identifier: Apache-2.0
// NumPy's .npy files: dtypes, orders, versions, and what is wrong with others.
#include "suites/checkpoints/npy.h"

#include <cstring>

#include "tests/suites/checkpoints/checkpoints.h"

using namespace qbench;
using namespace qbench::test;

namespace {

// The bytes that numpy.save writes, but for the alignment of the header.
std::string npy(const std::string& header, const std::string& data, char version = 1) {
  std::string length(version == 1 ? 2 : 4, '\0');
  length[0] = static_cast<char>(header.size() & 0xff);
  length[1] = static_cast<char>(header.size() >> 8);
  return "\x93NUMPY" + std::string{version, '\0'} + length + header + data;
}

std::string header(const std::string& descr, const std::string& shape,
                   const std::string& fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

template <class T>
std::string numbers(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

Tensor parse(const std::string& file) { return parse_npy(as_bytes(file), "a"); }

void check_refused(const std::string& file, const std::string& words) {
  CAPTURE(words);
  try {
    parse(file);
    FAIL_CHECK("was read");
  } catch (const std::runtime_error& error) {
    CAPTURE(error.what());
    CHECK(std::string(error.what()).find(words) != std::string::npos);
    CHECK(std::string(error.what()).find('\n') == std::string::npos);
  }
}

}  // namespace

TEST_CASE("arrays of f4, f8 and f2 are read in every version of the format") {
  for (const char version : {'\1', '\2', '\3'}) {
    const std::string file = npy(header("<f4", "(1, 2)"), numbers<float>({1, -2}), version);
    REQUIRE(is_npy(as_bytes(file)));
    const Tensor tensor = parse(file);
    CHECK((tensor.name == "a" && tensor.dtype == "F32"));
    CHECK(tensor.shape == std::vector<std::int64_t>{1, 2});
    CHECK(to_matrix(tensor).values[1] == -2);
  }
  const std::string f8 = npy(header("<f8", "(2,)"), numbers<double>({0.1, 1e300}));
  CHECK(to_matrix(parse(f8)).values[0] == 0.1f);
  CHECK(to_matrix(parse(f8)).values[1] == std::numeric_limits<float>::infinity());
  const std::string f2 = npy(header("<f2", "(1,)"), std::string("\0\x3c", 2));
  CHECK(to_matrix(parse(f2)).values[0] == 1);
  const std::string scalar = npy(header("<f4", "()"), numbers<float>({3}));
  CHECK(to_matrix(parse(scalar)).values[0] == 3);
}

TEST_CASE("a matrix in Fortran's order is the same matrix") {
  const std::string c = npy(header("<f4", "(2, 3)"), numbers<float>({1, 2, 3, 4, 5, 6}));
  const std::string f = npy(header("<f4", "(2, 3)", "True"), numbers<float>({1, 4, 2, 5, 3, 6}));
  const Matrix expected = to_matrix(parse(c)), matrix = to_matrix(parse(f));
  CHECK((matrix.rows == 2 && matrix.cols == 3));
  CHECK(matrix.values == expected.values);
  const std::string vector = npy(header("<f4", "(2,)", "True"), numbers<float>({1, 2}));
  CHECK(to_matrix(parse(vector)).values[1] == 2);
  check_refused(npy(header("<f4", "(1, 1, 1)", "True"), numbers<float>({1})),
                "3 dimensions in Fortran's order is not read: save numpy.ascontiguousarray of it");
}

TEST_CASE("an array is a checkpoint of one tensor, named by its file") {
  const TestFolder folder;
  folder.write("weights.npy", npy(header("<f4", "(1, 2)"), numbers<float>({1, 2})));
  CHECK(names(folder / "weights.npy") == "weights ");
  folder.write("i.npy", npy(header("<i4", "(1, 2)"), numbers<int>({1, 2})));
  CHECK(Checkpoint({folder / "i.npy"}).tensors()[0].unusable().find("dtype I32") == 0);
  folder.write("o.npy", npy(header("|O", "(1, 2)"), ""));
  check_error(folder / "o.npy", {"o.npy: ", "dtype '|O' is not read: save it as float32"});
}

TEST_CASE("a broken .npy file is refused with one line") {
  const std::string data = numbers<float>({1, 2}), good = header("<f4", "(1, 2)");
  const std::string whole = npy(good, data);
  for (std::size_t size = 6; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_THROWS_AS(parse(whole.substr(0, size)), std::runtime_error);
  }
  check_refused(npy(good, data + "x"), "its shape needs 8 bytes of data, but it has 9");
  check_refused(npy(good, "x"), "(cut off?)");
  check_refused(npy(good, data, 4), "version 4 of the .npy format is not known");
  check_refused(npy(header(">f4", "(1, 2)"), data), "dtype '>f4' is not read");
  check_refused(npy(header("<f4", "(1, -2)"), data), "its header is not that of an .npy file");
  check_refused(npy(header("<f4", "(1 2)"), data), "its header is not that of an .npy file");
  check_refused(npy(header("<f4", "(1, 2"), data), "its header is not that of an .npy file");
  check_refused(npy(good + "x", data), "its header is not that of an .npy file");
  check_refused(npy("{'descr': '<f4', 'descr': '<f4'}", data), "its header is not that of an .npy");
  check_refused(npy("{'descr': '<f4', }", data), "lacks descr, fortran_order or shape");
  check_refused(npy(header("<f4", "(4294967296, 4294967296)"), data), "its size overflows");
  check_refused(npy(header("<f4", "(99999999999999999999,)"), data), "its header is not that");
}
