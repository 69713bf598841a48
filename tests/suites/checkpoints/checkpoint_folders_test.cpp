// SPDX-License-Identifier: Apache-2.0
// Checkpoint on folders as people have them: whole, partial, stale, nested and overlaid ones.
#include <filesystem>

#include "suites/checkpoints/checkpoint.h"
#include "tests/catch.h"
#include "tests/suites/checkpoints/checkpoints.h"

using namespace qbench;
using namespace qbench::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kTwo = R"("a":"m-1.safetensors","b":"m-2.safetensors")";
const std::string kThree("\0\0\x40\x40", 4);  // 3.0f
const std::string kLfs = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n";

// "a" in m-1 and "b" in m-2.
struct Whole : TestFolder {
  Whole() {
    write("m-1.safetensors", f32_file("a"));
    write("m-2.safetensors", f32_file("b"));
    write_index(kTwo);
  }
};

float value(const std::string& spec, const std::string& name) {
  return to_matrix(*Checkpoint({spec}).find(name)).values[0];
}

}  // namespace

TEST_CASE("a folder without an index gives all its files by name, hidden ones apart") {
  const TestFolder folder;
  check_error(folder.path(), {folder.path() + ": no .safetensors or .gguf file in this folder"});
  folder.write("notes.txt", "no tensors");
  check_error(folder.path(),
              {"no .safetensors or .gguf file in this folder, which has 'notes.txt'"});
  folder.write("2.safetensors", f32_file("b"));
  folder.write("1.safetensors", f32_file("z"));
  folder.write(".m-3.safetensors", "half a download\n");
  CHECK(names(folder.path()) == "z b ");
  folder.write("3.safetensors", f32_file_of({{"z", {1}}, {"c", {1}}}));
  check_error(folder.path(), {"tensor 'z'", folder / "1.safetensors", folder / "3.safetensors"});
  CHECK(names(folder.path() + ":[bc]") == "b c ");
}

TEST_CASE("an index gives its files, by itself and by its folder, whatever its name") {
  for (const std::string index :
       {"model.safetensors.index.json", "model.safetensors.index.fp16.json",
        "diffusion_pytorch_model.safetensors.index.json"}) {
    CAPTURE(index);
    const TestFolder folder;
    folder.write("model-1.safetensors", f32_file("a"));
    folder.write("model-2.safetensors", f32_file("b"));
    folder.write("stray.safetensors", f32_file("a"));
    folder.write("notes.safetensors", "not one\n");
    folder.write_index(R"("a":"none")", ".hidden.safetensors.index.json");
    folder.write_index(R"("b":"model-2.safetensors","a":"model-1.safetensors")", index);
    CHECK(names(folder.path()) == "a b ");
    CHECK(names(folder / index) == "a b ");
    CHECK(names(folder / (index + ":b")) == "b ");
    CHECK(Checkpoint({folder.path()}).find("b")->file == folder / "model-2.safetensors");
    CHECK(value(folder.path(), "b") == 1.0f);
  }
}

TEST_CASE("of several indexes in a folder the user names one") {
  const Whole folder;
  folder.write_index(R"("a":"m-1.safetensors")", "model.safetensors.index.fp16.json");
  check_error(folder.path(),
              {folder.path() + ": this folder has several indexes", "the path of one",
               "'model.safetensors.index.fp16.json' and 'model.safetensors.index.json'"});
  CHECK(names(folder / "model.safetensors.index.fp16.json") == "a ");
  CHECK(names(folder / "model.safetensors.index.json") == "a b ");
}

TEST_CASE("a shard that is not there is missed only by tensors that are asked for") {
  const Whole folder;
  folder.write_index(std::string(kTwo) + R"(,"mtp.eh_proj":"mtp.safetensors")");
  CHECK(names(folder.path() + ":^[ab]$") == "a b ");
  CHECK(names(folder.path(), {.exclude = {"^mtp[.]"}}) == "a b ");
  check_error(folder.path(),
              {"index.json: tensor 'mtp.eh_proj' is in 'mtp.safetensors', which is not there"});
  check_error(folder.path() + ":proj", {"'mtp.eh_proj'", "'mtp.safetensors'"});
}

TEST_CASE("tensors that are excluded and kept are taken where their shard is there") {
  const Whole folder;
  folder.write_index(std::string(kTwo) + R"(,"mtp.eh_proj":"mtp.safetensors")");
  const Checkpoint kept({folder.path()}, {.exclude = {"^mtp[.]|b"}, .keeps_excluded = true});
  CHECK((kept.tensors().size() == 2 && kept.whole()));
  CHECK(kept.absent() == std::set<std::string>{"mtp.eh_proj"});
  CHECK_THROWS_WITH(Checkpoint({folder.path()}, {.exclude = {"b"}, .keeps_excluded = true}),
                    Catch::Matchers::EndsWith("which is not there: download it"));
}

TEST_CASE("a tensor that its shard lacks is missed only where it is asked for") {
  const Whole folder;
  folder.write_index(std::string(kTwo) + R"(,"mtp.fc":"m-2.safetensors")");
  CHECK(names(folder.path() + ":^b$") == "b ");
  CHECK(names(folder.path(), {.exclude = {"^mtp[.]"}}) == "a b ");
  check_error(folder.path(), {"index.json: tensor 'mtp.fc' is not in 'm-2.safetensors'"});
}

TEST_CASE("only files that are needed are read") {
  const Whole folder;
  folder.write("m-2.safetensors", kLfs);
  CHECK(names(folder.path() + ":a") == "a ");
  check_error(folder.path(), {folder / "m-2.safetensors: this is a Git LFS pointer"});
}

TEST_CASE("an index decides among files that have the same tensor") {
  const Whole folder;
  folder.write("overlay.safetensors", f32_file("a", kThree));
  CHECK(value(folder.path(), "a") == 1.0f);
  folder.write("m-1.safetensors", f32_file_of({{"a", {1}}, {"c", {1}}}));
  folder.write_index(R"("a":"overlay.safetensors","b":"m-2.safetensors","c":"m-1.safetensors")");
  CHECK(names(folder.path()) == "c b a ");
  CHECK(value(folder.path(), "a") == 3.0f);
  CHECK(Checkpoint({folder.path()}).find("a")->file == folder / "overlay.safetensors");
  folder.write_index(R"("a":"m-2.safetensors","b":"m-2.safetensors","c":"m-1.safetensors")");
  check_error(folder.path(), {"tensor 'a' is not in 'm-2.safetensors'"});
}

TEST_CASE("a tensor that the index does not list is not read") {
  const Whole folder;
  folder.write("m-1.safetensors", f32_file_of({{"a", {1}}, {"c", {1}}}));
  CHECK(names(folder.path()) == "a b ");
  folder.write("m-2.safetensors", f32_file_of({{"b", {1}}, {"c", {1}}}));
  CHECK(names(folder.path()) == "a b ");
  check_error(folder.path() + ":c", {"no tensor matches 'c'"});
}

TEST_CASE("shards may lie in sub-folders of the index") {
  const TestFolder folder;
  folder.write("original/m-1.safetensors", f32_file("a"));
  folder.write("m-2.safetensors", f32_file_of({{"b", {1}}, {"c", {1}}}));
  folder.write_index(R"("a":"original//m-1.safetensors","b":"./m-2.safetensors",)"
                     R"("c":"original/./../m-2.safetensors")");
  check_error(folder.path(), {"tensor 'c'", "not the name of a file in the index's folder"});
  folder.write_index(R"("a":"original//m-1.safetensors","b":"./m-2.safetensors",)"
                     R"("c":"m-2.safetensors")");
  const Checkpoint checkpoint({folder.path()});
  CHECK(checkpoint.tensors().size() == 3);
  CHECK(checkpoint.find("a")->file == folder / "original/m-1.safetensors");
  CHECK(checkpoint.find("b")->file == folder / "m-2.safetensors");
}

TEST_CASE("an index cannot lead out of its folder") {
  const TestFolder folder;
  folder.write("1.safetensors", f32_file("a"));
  for (const std::string file :
       {"../1.safetensors", "..", ".", "", "./", "sub/", "sub/../1.safetensors", "sub/../../1",
        "/etc/hostname", "sub\\\\1", "..\\\\1", "1.safetensors\\u0000", "1\\n", "1\\u007f"}) {
    CAPTURE(file);
    folder.write_index(R"("a":"1.safetensors","b":")" + file + "\"");
    check_error(folder.path() + ":a", {"index.json: tensor 'b'", "not the name of a file"});
  }
}

TEST_CASE("links of the Hub's cache are followed") {
  const TestFolder folder;
  folder.write("blobs/f00d", f32_file("a"));
  folder.write("blobs/beef", "{\"weight_map\":{\"a\":\"model.safetensors\"}}");
  fs::create_directories(folder / "snapshots/abc");
  const fs::path snapshot = folder / "snapshots/abc";
  fs::create_symlink("../../blobs/f00d", snapshot / "model.safetensors");
  CHECK(names(snapshot.string()) == "a ");
  fs::create_symlink("../../blobs/beef", snapshot / "model.safetensors.index.json");
  CHECK(names(snapshot.string()) == "a ");
  CHECK(names((snapshot / "model.safetensors.index.json").string()) == "a ");
  CHECK(Checkpoint({snapshot.string()}).find("a")->file == snapshot / "model.safetensors");
  fs::remove(folder / "blobs/f00d");
  check_error(snapshot.string(), {"tensor 'a'", "'model.safetensors', which is not there"});
}

TEST_CASE("an index that is not the JSON it should be is refused") {
  const TestFolder folder;
  const auto check = [&](const std::string& text, const std::string& word) {
    folder.write("model.safetensors.index.json", text);
    check_error(folder.path(), {"index.json: ", word});
  };
  check("", "an empty file");
  check(kLfs, "a Git LFS pointer");
  check("<!DOCTYPE html>", "a web page");
  check("{", "not valid JSON");
  check("?", "not valid JSON");
  check("{\"\xff\":1}", "UTF-8");
  check("[]", "no weight_map");
  check("{}", "no weight_map");
  check(R"({"weight_map":[]})", "no weight_map");
  check(R"({"weight_map":{}})", "weight_map is empty");
  check(R"({"weight_map":{"a":3}})", "tensor 'a': its file is not a string");
  check(R"({"weight_map":{"a":"1","a":"2"}})", "duplicate key 'a'");
  check(std::string(1000000, '['), "nested too deeply");
}
