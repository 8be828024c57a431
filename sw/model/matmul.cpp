// SPDX-License-Identifier: Apache-2.0

#include "model/matmul.hpp"

#include <vector>

#include "model/operand.hpp"

namespace tessera::model {

namespace {

using spec::Error;
using spec::Format;
using spec::Partial;
using spec::Space;

constexpr std::uint32_t kTermLimit = std::uint32_t{1} << spec::kCarryBits;

class Passes {
 public:
  Passes(const spec::Matmul& matmul, const spec::Config& config, const HardwareConfig& hardware,
         LocalMemories& memories, NumStatus& status)
      : matmul_{matmul}, config_{config}, hardware_{hardware}, memories_{memories}, status_{status} {
    mode_ = {config.fmt_a, config.fmt_b, config.scaling == spec::Scaling::kMx, isa::effective_grid(config),
             hardware.acc_bits};
    a_ = unpack(Space::kA, config.fmt_a, matmul.a_base, (matmul.mt - 1U) * matmul.a_stride + matmul.k);
    b_ = unpack(Space::kB, config.fmt_b, matmul.b_base, (matmul.nt - 1U) * matmul.b_stride + matmul.k);
  }

  MatmulResult run() {
    MatmulResult result;
    for (unsigned i = 0; i < matmul_.mt; ++i) {
      for (unsigned j = 0; j < matmul_.nt; ++j) {
        result.error = pass(i, j);
        if (result.error != Error::kNone) return result;
        ++result.passes;
      }
    }
    return result;
  }

 private:
  std::vector<Operand> unpack(Space space, Format format, std::size_t base, std::size_t grains) {
    std::vector<Operand> banks;
    BankedMemory& memory = memories_[space];
    for (unsigned bank = 0; bank < memory.banks(); ++bank) {
      banks.emplace_back(format, memory.grains(bank, base, grains));
    }
    return banks;
  }

  const std::uint8_t* scales(Space space, unsigned bank, std::size_t base) {
    return mode_.mx ? memories_[space].grains(bank, base, 1).data() : nullptr;
  }

  PartialTile& tile(unsigned i, unsigned j) {
    return memories_.partial[matmul_.psum_base + std::size_t{i} * matmul_.nt + j];
  }

  bool is_int() const { return config_.fmt_a == Format::kInt8; }

  Error pass(unsigned i, unsigned j) {
    std::uint32_t terms = matmul_.k * isa::terms_per_grain(config_);
    if (matmul_.src != Partial::kNone) {
      const PartialTile& source = tile(i, j);
      if (source.kind != matmul_.src || source.is_int != is_int() || source.grid != mode_.grid) {
        return Error::kPsumState;
      }
      terms += source.terms + (matmul_.src == Partial::kFp32 ? 1 : 0);
    }
    if (terms > kTermLimit) return Error::kTermLimit;

    for (unsigned r = 0; r < hardware_.rows; ++r) {
      const Stream a = {
          &a_[r], std::size_t{i} * matmul_.a_stride,
          scales(Space::kAScale, r, matmul_.a_scale_base + std::size_t{i} * matmul_.a_scale_stride)};
      for (unsigned c = 0; c < hardware_.cols; ++c) {
        const Stream b = {
            &b_[c], std::size_t{j} * matmul_.b_stride,
            scales(Space::kBScale, c, matmul_.b_scale_base + std::size_t{j} * matmul_.b_scale_stride)};
        Accumulator sum = start(i, j, r, c);
        accumulate(sum, mode_, a, b, matmul_.k);
        drain(i, j, r, c, sum);
      }
    }
    if (matmul_.dst != Partial::kNone) {
      PartialTile& target = tile(i, j);
      target.kind = matmul_.dst;
      target.is_int = is_int();
      target.grid = mode_.grid;
      target.terms = matmul_.dst == Partial::kRaw ? terms : 0;
    }
    return Error::kNone;
  }

  Accumulator start(unsigned i, unsigned j, unsigned r, unsigned c) {
    Accumulator sum;
    if (matmul_.src == Partial::kNone) return sum;
    const Accumulator& stored = tile(i, j).sums[r * hardware_.cols + c];
    if (matmul_.src == Partial::kRaw) return stored;
    add_fp32(sum, mode_.acc_bits, mode_.grid, static_cast<std::uint32_t>(stored.acc));
    return sum;
  }

  void drain(unsigned i, unsigned j, unsigned r, unsigned c, const Accumulator& sum) {
    status_.lost |= (sum.flags & kLost) != 0;
    status_.overflow |= (sum.flags & (kPosOverflow | kNegOverflow)) != 0;
    switch (matmul_.dst) {
      case Partial::kRaw: tile(i, j).sums[r * hardware_.cols + c] = sum; break;
      case Partial::kFp32:
        tile(i, j).sums[r * hardware_.cols + c] = {fold(sum, mode_.acc_bits, mode_.grid), 0};
        break;
      case Partial::kNone: write_out(i, j, r, c, epilogue(sum, j * hardware_.cols + c)); break;
    }
  }

  // Code of the result in column `column` of the MATMUL.
  std::uint32_t epilogue(const Accumulator& sum, unsigned column) {
    std::uint32_t y;
    if (is_int()) {
      const Int32Result integer = fold_int32(sum, mode_.acc_bits);
      status_.int_sat |= integer.saturated;
      if (config_.out == Format::kInt32) return static_cast<std::uint32_t>(integer.value);
      y = int32_to_fp32(integer.value);
    } else {
      y = fold(sum, mode_.acc_bits, mode_.grid);
    }
    if (config_.col_scale != 0) y = multiply_fp32(y, column_scale(column));
    const Converted result = convert(config_.out, config_.no_saturate != 0, y);
    status_.out_nan |= result.nan_to_int;
    return result.code;
  }

  std::uint32_t column_scale(unsigned column) {
    const auto bytes =
        memories_[Space::kCol].grains(0, matmul_.col_base + column / 8, 1).subspan(column % 8 * 4, 4);
    return bytes[0] | std::uint32_t{bytes[1]} << 8 | std::uint32_t{bytes[2]} << 16 |
           std::uint32_t{bytes[3]} << 24;
  }

  void write_out(unsigned i, unsigned j, unsigned r, unsigned c, std::uint32_t code) {
    const unsigned size = isa::element_bytes(config_.out);
    const std::size_t byte = (std::size_t{j} * hardware_.cols + c) * size;
    const std::size_t row = std::size_t{i} * hardware_.rows + r;
    const std::size_t grain = matmul_.out_base + row * matmul_.out_pitch + byte / spec::kGrainBytes;
    const auto target = memories_.out.grains(0, grain, 1).subspan(byte % spec::kGrainBytes, size);
    for (unsigned b = 0; b < size; ++b) target[b] = static_cast<std::uint8_t>(code >> (8 * b));
  }

  const spec::Matmul& matmul_;
  const spec::Config& config_;
  const HardwareConfig& hardware_;
  LocalMemories& memories_;
  NumStatus& status_;
  Mode mode_;
  std::vector<Operand> a_;  // One per row, from grain a_base on
  std::vector<Operand> b_;  // One per column, from grain b_base on
};

}  // namespace

MatmulResult run_matmul(const spec::Matmul& matmul, const spec::Config& config,
                        const HardwareConfig& hardware, LocalMemories& memories, NumStatus& status) {
  return Passes(matmul, config, hardware, memories, status).run();
}

}  // namespace tessera::model
