// SPDX-License-Identifier: Apache-2.0

#include "cli/plain_loop.hpp"

#include <chrono>
#include <type_traits>
#include <vector>

#include "format/format.hpp"

namespace tessera::cli {

namespace {

__extension__ typedef __int128 Int128;

constexpr double kSeconds = 0.1;

struct Term {
  std::int32_t m;  // With sign
  std::int32_t e;
};

// Every operand element decoded once, not counted: NaN and infinity as 0.
std::vector<Term> decode_all(format::Format format, const std::vector<std::uint8_t>& bytes,
                             std::size_t count) {
  std::vector<Term> terms(count);
  for (std::size_t i = 0; i < count; ++i) {
    const format::Exact x = format::decode(format, format::load(format, bytes, i));
    if (x.cls == format::Class::kFinite)
      terms[i] = {x.negative ? -static_cast<std::int32_t>(x.m) : static_cast<std::int32_t>(x.m), x.e};
  }
  return terms;
}

// Elements as integers in units of the format's least value.
template <class T>
std::vector<T> as_integers(format::Format format, const std::vector<Term>& terms) {
  std::vector<T> values(terms.size());
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (terms[i].m != 0)
      values[i] = static_cast<T>(static_cast<std::int64_t>(terms[i].m)
                                 << (terms[i].e - format::least_exponent(format)));
  }
  return values;
}

// Runs row(i) for i = 0, 1, ... until time is up; returns the rows per second.
template <class Row>
double rows_per_second(std::uint64_t rows, Row row) {
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t done = 0;;) {
    row(done % rows);
    ++done;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (seconds > kSeconds) return static_cast<double>(done) / seconds;
  }
}

Int128 shifted(Int128 product, int by) {
  if (by >= 0) return by < 127 ? product << by : 0;
  if (by <= -127) return 0;
  return product < 0 ? -(-product >> -by) : product >> -by;
}

}  // namespace

double plain_loop_macs_per_second(const GemmReport& report) {
  const compiler::GemmProblem& p = report.problem;
  const std::vector<Term> a = decode_all(p.fmt_a, report.operands.a, p.m * p.k);
  const std::vector<Term> b = decode_all(p.fmt_b, report.operands.b, p.n * p.k);
  volatile std::uint64_t sink = 0;  // So that no sum is optimised away

  const auto integer_rows = [&]<class Element, class Sum>(Element, Sum) {
    const auto x = as_integers<Element>(p.fmt_a, a);
    const auto y = as_integers<Element>(p.fmt_b, b);
    return rows_per_second(p.m, [&](std::uint64_t i) {
      for (std::uint64_t j = 0; j < p.n; ++j) {
        Sum sum = 0;
        for (std::uint64_t k = 0; k < p.k; ++k)
          sum += static_cast<Sum>(x[i * p.k + k]) * static_cast<Sum>(y[j * p.k + k]);
        sink = sink + static_cast<std::uint64_t>(sum);
      }
    });
  };
  const auto block_rows = [&] {
    const auto x = as_integers<std::int64_t>(p.fmt_a, a);
    const auto y = as_integers<std::int64_t>(p.fmt_b, b);
    const std::uint64_t blocks = (p.k + format::kMxBlock - 1) / format::kMxBlock;
    const int least =
        format::least_exponent(p.fmt_a) + format::least_exponent(p.fmt_b) - 2 * format::kScaleBias - p.grid;
    return rows_per_second(p.m, [&](std::uint64_t i) {
      for (std::uint64_t j = 0; j < p.n; ++j) {
        Int128 sum = 0;
        for (std::uint64_t block = 0; block < blocks; ++block) {
          Int128 dot = 0;
          const std::uint64_t end = std::min<std::uint64_t>(p.k, (block + 1) * format::kMxBlock);
          if (p.fmt_a == format::Format::kE4m3 && p.fmt_b == format::Format::kE4m3) {
            std::int64_t narrow = 0;
            for (std::uint64_t k = block * format::kMxBlock; k < end; ++k)
              narrow += x[i * p.k + k] * y[j * p.k + k];
            dot = narrow;
          } else {
            for (std::uint64_t k = block * format::kMxBlock; k < end; ++k)
              dot += Int128{x[i * p.k + k]} * y[j * p.k + k];
          }
          sum += shifted(dot, least + report.operands.a_scale[i * blocks + block] +
                                  report.operands.b_scale[j * blocks + block]);
        }
        sink = sink + static_cast<std::uint64_t>(sum);
      }
    });
  };
  const auto term_rows = [&] {
    return rows_per_second(p.m, [&](std::uint64_t i) {
      for (std::uint64_t j = 0; j < p.n; ++j) {
        Int128 sum = 0;
        for (std::uint64_t k = 0; k < p.k; ++k) {
          const Term& x = a[i * p.k + k];
          const Term& y = b[j * p.k + k];
          sum += shifted(Int128{x.m} * y.m, x.e + y.e - p.grid);
        }
        sink = sink + static_cast<std::uint64_t>(sum);
      }
    });
  };

  const bool e4m3 = p.fmt_a == format::Format::kE4m3 && p.fmt_b == format::Format::kE4m3;
  double rows = 0;
  if (p.fmt_a == format::Format::kInt8) {
    rows = integer_rows(std::int8_t{}, std::int32_t{});
  } else if (p.fmt_a == format::Format::kBf16) {
    rows = term_rows();
  } else if (p.scaling == spec::Scaling::kMx) {
    rows = block_rows();
  } else if (e4m3) {
    rows = integer_rows(std::int32_t{}, std::int64_t{});
  } else {
    rows = integer_rows(std::int64_t{}, Int128{});
  }
  return rows * static_cast<double>(p.n) * static_cast<double>(p.k);
}

}  // namespace tessera::cli
