// Runs a target over files and folders of seeds, and over mutations of each, where libFuzzer is not linked.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

/// Enough to shake each seed, in a second or two under the sanitizers.
constexpr int kMutationsPerSeed = 60;

void run(const std::string& input) {
  // A copy without a byte to spare, so that reading past the end is seen.
  const std::vector<std::uint8_t> exact(input.begin(), input.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

std::string mutated(std::string input, const std::string& other, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  for (std::size_t rounds = 1 + below(3); rounds > 0; --rounds) {
    const std::size_t at = below(input.size() + 1);
    switch (below(5)) {
      case 0:
        input = input.substr(0, at);
        break;
      case 1:
        input.insert(at, 1, static_cast<char>(below(256)));
        break;
      case 2:
        input.erase(at, below(8));
        break;
      case 3:
        if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
        break;
      default:
        input = input.substr(0, at) + other.substr(below(other.size() + 1));
        break;
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<fs::path> files;
  for (int i = 1; i < argc; ++i) {
    if (!fs::is_directory(argv[i])) {
      files.emplace_back(argv[i]);
      continue;
    }
    for (const auto& entry : fs::directory_iterator(argv[i])) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> inputs;
  for (const fs::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  if (inputs.empty()) {
    std::fprintf(stderr, "no seeds: name files or folders\n");
    return 2;
  }
  run("");
  std::mt19937 random(1);
  for (const std::string& input : inputs) {
    run(input);
    for (int i = 0; i < kMutationsPerSeed; ++i) run(mutated(input, inputs[random() % inputs.size()], random));
  }
  std::printf("%zu seeds, %zu runs\n", inputs.size(), 1 + inputs.size() * (1 + kMutationsPerSeed));
  return 0;
}
