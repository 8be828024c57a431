// SPDX-License-Identifier: Apache-2.0
//
// Small programs with one purpose each, on RTL and on the functional model, against expectations stated here.

#include <cstdint>
#include <string>
#include <vector>

#include "support/two_machines.hpp"

namespace {

using namespace tessera;
using namespace tessera::test;

std::string number(std::uint64_t value) { return std::to_string(value); }

// B such that column c of the result is byte c + offset of A's row: row c of B has a one there.
constexpr std::uint64_t kPick = 0x2c000;

void put_picker(TwoMachines& machines, unsigned offset, unsigned row_bytes) {
  const unsigned cols = machines.hardware().cols;
  std::vector<std::uint8_t> rows(std::size_t{cols} * row_bytes);
  for (unsigned c = 0; c < cols && c + offset < row_bytes; ++c) rows[c * row_bytes + c + offset] = 1;
  machines.write(kPick, rows);
}

const std::string kInt8 = "config out=INT8\n";

// The slice has INT8, which these programs move bytes with.
bool moves_bytes(const TwoMachines& machines) { return (machines.hardware().formats & 1) != 0; }

}  // namespace

TEST_CASE("LOAD brings rows from any byte, of any length, with zeros behind them and in fill rows",
          "[program]") {
  TwoMachines machines;
  if (!moves_bytes(machines)) return;
  const unsigned rows = machines.hardware().rows, cols = machines.hardware().cols;
  for (const unsigned start : {0U, 1U, 15U, 31U}) {
    for (const unsigned bytes : {1U, 31U, 32U, 33U, 63U, 64U}) {
      for (const unsigned fill : {0U, 1U, rows - 1}) {
        CAPTURE(start, bytes, fill);
        const unsigned stride = bytes + 5;
        for (unsigned offset = 0; offset < 64; offset += cols) {
          if (offset + cols < bytes && offset != 0 && offset + 2 * cols < 64) continue;  // Middles say little
          put_picker(machines, offset, 64);
          machines.run_alike(
              kInt8 + "load rows=ROWS row_bytes=64 row_stride=64 addr=DATA+0x800\n" +  // Something to replace
              "load rows=ROWS-" + number(fill) + " fill=" + number(fill) + " row_bytes=" + number(bytes) +
              " row_stride=" + number(stride) + " addr=DATA+" + number(start) + "\n" +
              "load space=B rows=COLS row_bytes=64 row_stride=64 addr=0x2c000\nfence\n"
              "matmul mt=1 nt=1 k=" +
              number((bytes + 31) / 32) +
              " out_pitch=ALIGN\nfence\n"
              "store rows=ROWS row_bytes=COLS row_stride=COLS src_pitch=ALIGN addr=DEST\nhalt");
          std::vector<std::uint8_t> want(rows * cols);
          for (unsigned r = 0; r < rows - fill; ++r) {
            for (unsigned c = 0; c < cols && c + offset < bytes; ++c) {
              want[r * cols + c] = machines.image()[kData + start + r * stride + c + offset];
            }
          }
          std::vector<std::uint8_t> got(rows * cols);
          machines.rtl.read(kDest, got);
          REQUIRE(got == want);
        }
      }
    }
  }
}

TEST_CASE("MX operands, scales and column parameters are used from both ends of their memories",
          "[program]") {
  // Each space is loaded at both ends of its depth and used from there; the model says what must come out.
  TwoMachines machines;
  if ((machines.hardware().formats & 2) == 0) return;
  std::vector<std::uint8_t> data(0x4000);
  workload::Random random(4);
  for (std::size_t i = 0; i < data.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(random.next());
    data[i] = i < 0x2000   ? byte & 0xbf
              : i < 0x3000 ? static_cast<std::uint8_t>(120 + byte % 14)
              : i % 4 == 3 ? 0x3f
                           : byte;
  }
  machines.write(kData, data);
  for (const bool high : {false, true}) {
    const auto at = [&](const std::string& depth, const std::string& size) {
      return high ? "(" + depth + "-" + size + ")" : std::string("0");
    };
    for (unsigned skew = 0; skew < 32; skew += 5) {
      CAPTURE(high, skew);
      const std::string s = "+" + number(skew);
      machines.run_alike(
          "config fmt_a=E4M3 fmt_b=E4M3 scaling=MX out=FP32 grid=-40 col_scale=1\n"
          "load rows=2*ROWS row_bytes=70 row_stride=71 dst_stride=3 addr=DATA" +
          s + " dst_base=" + at("A_DEPTH", "6") +
          "\nload space=B rows=2*COLS row_bytes=96 row_stride=97 dst_stride=3 addr=DATA+0x800" + s +
          " dst_base=" + at("B_DEPTH", "6") +
          "\nload space=A_SCALE lane=LAST rows=2*ROWS row_bytes=3 row_stride=7 dst_stride=1 "
          "addr=DATA+0x2000" +
          s + " dst_base=" + at("A_SCALE_DEPTH", "2") +
          "\nload space=B_SCALE lane=LAST rows=2*COLS row_bytes=3 row_stride=3 dst_stride=1 "
          "addr=DATA+0x2800" +
          s + " dst_base=" + at("B_SCALE_DEPTH", "2") +
          "\nload space=COL rows=1 row_bytes=8*COLS addr=DATA+0x3000" + s +
          " dst_base=" + at("COL_DEPTH", "2*ALIGN") +
          "\nfence\nmatmul mt=2 nt=2 k=3 a_stride=3 b_stride=3 a_scale_stride=1 b_scale_stride=1"
          " out_pitch=2*ALIGN a_base=" +
          at("A_DEPTH", "6") + " b_base=" + at("B_DEPTH", "6") + " a_scale_base=" + at("A_SCALE_DEPTH", "2") +
          " b_scale_base=" + at("B_SCALE_DEPTH", "2") + " col_base=" + at("COL_DEPTH", "2*ALIGN") +
          " out_base=" + at("OUT_DEPTH", "4*ROWS*ALIGN") +
          "\nfence\nstore rows=2*ROWS row_bytes=8*COLS row_stride=8*COLS+" + number(skew) +
          " src_pitch=2*ALIGN addr=DEST" + s + " src_base=" + at("OUT_DEPTH", "4*ROWS*ALIGN") + "\nhalt");
    }
  }
}

TEST_CASE("STORE writes exactly its rows, at any byte and stride", "[program]") {
  TwoMachines machines;
  if (!moves_bytes(machines)) return;
  const unsigned cols = machines.hardware().cols;
  put_picker(machines, 0, 32);
  for (const unsigned start : {0U, 1U, 17U, 31U, 255U}) {
    for (const unsigned bytes : {1U, 3U, cols}) {
      for (const unsigned gap : {0U, 1U, 32U, 2048U - cols}) {
        CAPTURE(start, bytes, gap);
        machines.refresh();
        const unsigned stride = bytes + gap;
        machines.run_alike(kInt8 +
                           "load rows=ROWS row_bytes=32 row_stride=32 addr=DATA\n"
                           "load space=B rows=COLS row_bytes=32 row_stride=32 addr=0x2c000\nfence\n"
                           "matmul mt=1 nt=1 k=1 out_base=2*ALIGN out_pitch=3*ALIGN\nfence\n"
                           "store rows=ROWS row_bytes=" +
                           number(bytes) + " row_stride=" + number(stride) +
                           " src_base=2*ALIGN src_pitch=3*ALIGN addr=DEST+" + number(start) + "\nhalt");
        std::vector<std::uint8_t> want = machines.image();
        for (unsigned r = 0; r < machines.hardware().rows; ++r) {
          for (unsigned c = 0; c < bytes; ++c)
            want[kDest + start + r * stride + c] = want[kData + 32 * r + c];
        }
        REQUIRE(TwoMachines::difference(machines.memory_of(machines.rtl), want) == "");
      }
    }
  }
}

TEST_CASE("four nested loops with SETR, ADDR and post_inc touch the addresses they should", "[program]") {
  TwoMachines machines;
  if (!moves_bytes(machines)) return;
  put_picker(machines, 0, 32);
  // Register 1 walks back from its start, 2 counts the inner loop, 3 wraps around 2^48. Every STORE is one
  // byte, the first of row 0 of OUT, which is the first byte at DATA.
  machines.run_alike(
      kInt8 +
      "load rows=ROWS row_bytes=32 row_stride=32 addr=DATA\n"
      "load space=B rows=COLS row_bytes=32 row_stride=32 addr=0x2c000\nfence\n"
      "matmul mt=1 nt=1 k=1 out_pitch=ALIGN\nfence\n"
      "setr areg=1 value=0x3000\n"
      "setr areg=3 value=0xfffffffff000\n"
      "loop count=2\n  loop count=3\n    setr areg=2 value=0\n    loop count=2\n      loop count=4\n"
      "        store rows=1 row_bytes=1 addr=DEST areg=2 post_inc=0x40\n"
      "        store rows=1 row_bytes=1 addr=DEST+0x4000 areg=1 post_inc=-0x21\n"
      "      endloop\n      addr areg=2 value=0x100\n"
      "    endloop\n    store rows=1 row_bytes=1 addr=DEST+0x8000 areg=3\n    addr areg=3 value=0x800\n"
      "  endloop\nendloop\nhalt");
  std::vector<std::uint8_t> want = machines.image();
  const std::uint8_t byte = want[kData];
  std::uint64_t down = 0x3000, wrapped = 0x7000;
  for (int outer = 0; outer < 6; ++outer) {
    std::uint64_t inner = 0;
    for (int i = 0; i < 2; ++i) {
      for (int j = 0; j < 4; ++j) {
        want[kDest + inner] = want[kDest + 0x4000 + down] = byte;
        inner += 0x40;
        down -= 0x21;
      }
      inner += 0x100;
    }
    want[kDest + wrapped] = byte;
    wrapped += 0x800;
  }
  REQUIRE(TwoMachines::difference(machines.memory_of(machines.rtl), want) == "");
}

TEST_CASE("FENCE orders a LOAD behind the STORE whose bytes it reads", "[program]") {
  tb::SliceOptions options = slice_options();
  options.memory.write_latency = 150;
  TwoMachines machines(options);
  if (!moves_bytes(machines)) return;
  put_picker(machines, 0, 32);
  const std::string round =
      "matmul mt=1 nt=1 k=1 out_pitch=ALIGN\nfence\nstore rows=1 row_bytes=COLS addr=DEST\n";
  const std::string begin = kInt8 +
                            "load rows=ROWS row_bytes=32 row_stride=32 addr=DATA\n"
                            "load space=B rows=COLS row_bytes=32 row_stride=32 addr=0x2c000\nfence\n";
  // Reload what was stored, shifted by a byte each time: FENCE, then the same by SYNC on the STORE's post.
  for (const std::string& order : {std::string("fence\n"), std::string("sync wait=s7\n")}) {
    machines.refresh();
    std::string store_round = round;
    if (order[0] == 's') store_round.insert(store_round.size() - 1, " post=s7");
    machines.run_alike(begin + "loop count=3\n" + store_round + order +
                       "load rows=1 row_bytes=COLS-1 addr=DEST+1\nfence\nendloop\n" + round + "halt");
    const unsigned cols = machines.hardware().cols;
    std::vector<std::uint8_t> got(cols), want(cols);
    machines.rtl.read(kDest, got);
    for (unsigned c = 0; c + 3 < cols; ++c) want[c] = machines.image()[kData + c + 3];
    REQUIRE(got == want);
  }
}

TEST_CASE("semaphores count, and are what the program left", "[program]") {
  TwoMachines machines;
  machines.run_alike(
      "loop count=200\nsync post=s4\nendloop\n"
      "loop count=50\nload rows=1 row_bytes=1 addr=DATA wait=s4 post=s5,s6\nendloop\n"
      "loop count=20\nsync wait=s4,s5\nendloop\nhalt");
  for (unsigned s = 0; s < spec::kNumSemaphores; ++s) {
    const unsigned want = s == 4 ? 130 : s == 5 ? 30 : s == 6 ? 50 : 0;
    CAPTURE(s);
    CHECK(machines.rtl.read_register(spec::kRegSemaphore + 4 * s) == want);
    CHECK(machines.model.semaphores()[s] == want);
  }
  machines.run_alike("sync\nhalt");
  for (unsigned s = 0; s < spec::kNumSemaphores; ++s)
    CHECK(machines.rtl.read_register(spec::kRegSemaphore + 4 * s) == 0);
}

TEST_CASE("a LOAD lane that waits does not hold the other", "[program]") {
  TwoMachines machines;
  if (machines.hardware().load_lanes < 2) return;
  // Lane 0 waits for lane 1, whose instruction comes later; then the other way round.
  machines.run_alike(
      "load rows=1 row_bytes=32 addr=DATA wait=s0 post=s1\n"
      "load lane=1 space=B rows=1 row_bytes=32 addr=DATA post=s0\nsync wait=s1\nhalt");
  machines.run_alike(
      "load lane=1 rows=1 row_bytes=32 addr=DATA wait=s0 post=s1\n"
      "load space=B rows=1 row_bytes=32 addr=DATA post=s0\nsync wait=s1\nhalt");
}

TEST_CASE("local memories outlive a program, partial sums do not", "[program]") {
  TwoMachines machines;
  if (!moves_bytes(machines)) return;
  put_picker(machines, 0, 32);
  machines.run_alike(
      "load rows=ROWS row_bytes=32 row_stride=32 addr=DATA\n"
      "load space=B rows=COLS row_bytes=32 row_stride=32 addr=0x2c000\nhalt");
  machines.run_alike(kInt8 +
                     "matmul mt=1 nt=1 k=1 out_pitch=ALIGN\nmatmul dst=RAW mt=1 nt=1 k=1 psum_base=3\nhalt");
  machines.run_alike("store rows=1 row_bytes=COLS addr=DEST\nhalt");
  std::vector<std::uint8_t> got(machines.hardware().cols);
  machines.rtl.read(kDest, got);
  REQUIRE(std::equal(got.begin(), got.end(), machines.image().begin() + static_cast<std::ptrdiff_t>(kData)));
  const BothRuns runs =
      machines.run(kInt8 + "matmul src=RAW mt=1 nt=1 k=1 psum_base=3 out_pitch=ALIGN\nhalt");
  REQUIRE(runs.rtl.error == spec::Error::kPsumState);
  REQUIRE(runs.model.error == spec::Error::kPsumState);
}

TEST_CASE("results do not depend on INTERLEAVE or on the host's timing", "[program]") {
  for (unsigned log2 = 8; log2 <= 12; ++log2) {
    for (const bool random_host : {false, true}) {
      CAPTURE(log2, random_host);
      tb::SliceOptions options = slice_options(log2);
      options.interleave_log2 = log2;
      options.random_host_timing = random_host;
      options.memory.reorder = random_host;
      TwoMachines machines(options);
      REQUIRE(machines.rtl.read_register(spec::kRegInterleave) == log2);
      const std::string config =
          moves_bytes(machines) ? "config out=FP32\n" : "config fmt_a=E4M3 fmt_b=E4M3 out=FP32\n";
      machines.run_alike(
          config +
          "load rows=2*ROWS row_bytes=600 row_stride=1000 dst_stride=19 addr=DATA+77\n"
          "load lane=LAST space=B rows=2*COLS row_bytes=600 row_stride=601 dst_stride=19 addr=DATA+5\nfence\n"
          "matmul mt=2 nt=2 k=19 a_stride=19 b_stride=19 out_pitch=2*ALIGN\nfence\n"
          "store rows=2*ROWS row_bytes=8*COLS row_stride=1111 src_pitch=2*ALIGN addr=DEST+3\nhalt");
      GoodProgram(machines.hardware()).check(machines.rtl);
    }
  }
}
