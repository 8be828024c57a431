// SPDX-License-Identifier: Apache-2.0

#include "isa/assembler.hpp"

#include <algorithm>
#include <cctype>
#include <limits>
#include <set>

namespace tessera::isa {

namespace {

bool starts_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool continues_name(char c) { return starts_name(c) || is_digit(c); }

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

// Value of a digit of any base up to 16; 16 for anything else.
unsigned digit_value(char c) {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  const int l = std::tolower(static_cast<unsigned char>(c));
  return l >= 'a' && l <= 'f' ? static_cast<unsigned>(l - 'a' + 10) : 16;
}

template <class Names>
std::string list(const Names& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

std::vector<std::string> instruction_names() {
  std::vector<std::string> names;
  for (const spec::InstructionInfo& instruction : spec::kInstructions)
    names.push_back(lower(instruction.name));
  return names;
}

std::vector<std::string> enum_names(const spec::Field& field) {
  std::vector<std::string> names;
  for (const spec::EnumValue& value : enum_values(field.enum_name)) names.emplace_back(value.name);
  return names;
}

std::vector<std::string> field_names(const spec::InstructionInfo& instruction) {
  std::vector<std::string> names;
  for (unsigned i = 0; i < instruction.num_fields; ++i) names.emplace_back(instruction.fields[i].name);
  if (instruction.masks) {
    names.emplace_back("wait");
    names.emplace_back("post");
  }
  return names;
}

const spec::Field* find_field(const spec::InstructionInfo& instruction, std::string_view name) {
  if (instruction.masks && name == kWaitField.name) return &kWaitField;
  if (instruction.masks && name == kPostField.name) return &kPostField;
  for (unsigned i = 0; i < instruction.num_fields; ++i) {
    if (instruction.fields[i].name == name) return &instruction.fields[i];
  }
  return nullptr;
}

bool is_mask(const spec::Field& field) {
  return field.name == kWaitField.name || field.name == kPostField.name;
}

// Addresses wrap, so a negative one has a meaning: it is modulo 2^48.
bool wraps(const spec::Field& field) { return field.width == spec::kAddrBits; }

// "s3" to 3.
bool parse_semaphore(std::string_view name, unsigned& number) {
  if (name.size() < 2 || name.size() > 3 || (name[0] != 's' && name[0] != 'S')) return false;
  if (!std::all_of(name.begin() + 1, name.end(), is_digit)) return false;
  number = static_cast<unsigned>(std::stoul(std::string(name.substr(1))));
  return number < spec::kNumSemaphores;
}

std::uint64_t read_mask(LineReader& line) {
  if (!line.at_end() && is_digit(line.peek())) {
    const unsigned column = line.column();
    const std::int64_t mask = line.expression();
    if (mask < 0 || mask > 0xffff)
      line.fail(column, "mask " + std::to_string(mask) + " is outside 0 to 65535");
    return static_cast<std::uint64_t>(mask);
  }
  std::uint64_t mask = 0;
  do {
    const unsigned column = line.column();
    const std::string name = line.name("a semaphore, s0 to s15, or a mask");
    unsigned number = 0;
    if (!parse_semaphore(name, number)) line.fail(column, "no semaphore '" + name + "': there are s0 to s15");
    if (((mask >> number) & 1) != 0) line.fail(column, "semaphore " + name + " is named twice");
    mask |= std::uint64_t{1} << number;
  } while (line.accept(','));
  return mask;
}

std::uint64_t read_value(LineReader& line, const spec::InstructionInfo& instruction,
                         const spec::Field& field) {
  const unsigned column = line.column();
  const std::string what = lower(instruction.name) + " " + std::string(field.name);
  if (!field.enum_name.empty() && !line.at_end() && starts_name(line.peek())) {
    const std::string name = line.name(what);
    for (const spec::EnumValue& value : enum_values(field.enum_name)) {
      if (lower(value.name) == lower(name)) return value.value;
    }
    line.fail(column, "no " + std::string(field.enum_name) + " '" + name + "': " + what + " takes " +
                          list(enum_names(field)) + ", or a number");
  }
  const std::int64_t value = line.expression();
  const auto bits = static_cast<std::uint64_t>(value);
  if (!field.is_signed && value < 0) {
    const std::int64_t half = std::int64_t{1} << (field.width - 1);
    if (wraps(field) && value >= -half) return bits & ((std::uint64_t{1} << field.width) - 1);
    line.fail(column, what + " is " + std::to_string(value) + ", but takes " +
                          (wraps(field) ? std::to_string(-half) + " (modulo 2^48), " : "") +
                          range_text(field));
  }
  if (!fits(field, bits)) {
    line.fail(column, what + " is " + std::to_string(value) + ", but takes " + range_text(field));
  }
  return bits;
}

std::string hex(std::uint64_t value) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  do {
    text.insert(text.begin(), digits[value % 16]);
    value /= 16;
  } while (value != 0);
  return "0x" + text;
}

std::string grain_text(const Grain& grain) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text = ".grain 0x";
  for (auto byte = grain.rbegin(); byte != grain.rend(); ++byte) {
    text += digits[*byte / 16];
    text += digits[*byte % 16];
  }
  return text;
}

std::string mask_text(std::uint64_t mask) {
  std::string text;
  for (unsigned s = 0; s < spec::kNumSemaphores; ++s) {
    if (((mask >> s) & 1) != 0) text += (text.empty() ? "s" : ",s") + std::to_string(s);
  }
  return text;
}

std::string value_text(const spec::Field& field, std::uint64_t value) {
  for (const spec::EnumValue& entry : enum_values(field.enum_name)) {
    if (entry.value == value) return std::string(entry.name);
  }
  if (field.is_signed) return std::to_string(static_cast<std::int64_t>(value));
  return wraps(field) ? hex(value) : std::to_string(value);
}

}  // namespace

SourceError::SourceError(const std::string& file, unsigned line, unsigned column, const std::string& message)
    : std::runtime_error(file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + message),
      line_{line},
      column_{column} {}

// LineReader

void LineReader::skip_blanks() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
}

bool LineReader::at_end() {
  skip_blanks();
  return at_ == text_.size() || text_[at_] == '#';
}

char LineReader::peek() { return at_end() ? '\0' : text_[at_]; }

unsigned LineReader::column() {
  skip_blanks();
  return static_cast<unsigned>(at_ + 1);
}

void LineReader::fail(unsigned column, const std::string& message) const {
  throw SourceError(file_, line_, column, message);
}

void LineReader::fail_expected(const std::string& what) {
  const unsigned where = column();
  fail(where, "expected " + what + ", found " +
                  (at_end() ? "the end of the line" : "'" + std::string(1, peek()) + "'"));
}

bool LineReader::accept(char c) {
  if (peek() != c) return false;
  ++at_;
  return true;
}

void LineReader::expect(char c, const std::string& what) {
  if (!accept(c)) fail_expected(what);
}

void LineReader::expect_end() {
  if (!at_end()) fail_expected("the end of the line");
}

std::string LineReader::name(const std::string& what) {
  if (!starts_name(peek())) fail_expected(what);
  const std::size_t start = at_;
  while (at_ < text_.size() && continues_name(text_[at_])) ++at_;
  return std::string(text_.substr(start, at_ - start));
}

std::string LineReader::quoted() {
  const unsigned start = column();
  expect('"', "text in double quotes");
  std::string result;
  while (at_ < text_.size() && text_[at_] != '"') {
    const bool escaped =
        text_[at_] == '\\' && at_ + 1 < text_.size() && (text_[at_ + 1] == '"' || text_[at_ + 1] == '\\');
    if (escaped) ++at_;
    result += text_[at_++];
  }
  if (at_ == text_.size()) fail(start, "the text has no closing double quote");
  ++at_;
  return result;
}

std::int64_t LineReader::number() {
  const unsigned start = column();
  std::int64_t base = 10;
  if (text_[at_] == '0' && at_ + 1 < text_.size()) {
    const int prefix = std::tolower(static_cast<unsigned char>(text_[at_ + 1]));
    if (prefix == 'x') base = 16;
    if (prefix == 'b') base = 2;
    if (base != 10) at_ += 2;
  }
  std::int64_t value = 0;
  bool any = false;
  for (; at_ < text_.size() && (continues_name(text_[at_])); ++at_) {
    if (text_[at_] == '_') continue;
    const std::int64_t digit = digit_value(text_[at_]);
    if (digit >= base) {
      fail(static_cast<unsigned>(at_ + 1), "'" + std::string(1, text_[at_]) + "' is no digit of base " +
                                               std::to_string(base) +
                                               " (numbers are 123, 0x7b or 0b1111011)");
    }
    if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, digit, &value)) {
      fail(start, "the number does not fit 63 bits");
    }
    any = true;
  }
  if (!any) fail(start, "the number has no digits");
  return value;
}

std::int64_t LineReader::primary() {
  const unsigned start = column();
  if (accept('-')) {
    const std::int64_t value = primary();
    if (value == std::numeric_limits<std::int64_t>::min()) fail(start, "the value does not fit 64 bits");
    return -value;
  }
  if (accept('(')) {
    const std::int64_t value = expression();
    expect(')', "')'");
    return value;
  }
  if (is_digit(peek())) return number();
  const std::string symbol = name("a number, a name, '-' or '('");
  const auto found = symbols_.find(symbol);
  if (found == symbols_.end()) fail(start, "nothing is named '" + symbol + "': define it before with .equ");
  return found->second;
}

std::int64_t LineReader::product() {
  std::int64_t value = primary();
  for (;;) {
    const unsigned start = column();
    if (accept('*')) {
      if (__builtin_mul_overflow(value, primary(), &value)) fail(start, "the product does not fit 64 bits");
    } else if (accept('/')) {
      const std::int64_t divisor = primary();
      if (divisor == 0) fail(start, "division by zero");
      if (divisor == -1 && value == std::numeric_limits<std::int64_t>::min()) {
        fail(start, "the quotient does not fit 64 bits");
      }
      value /= divisor;
    } else {
      return value;
    }
  }
}

std::int64_t LineReader::expression() {
  std::int64_t value = product();
  for (;;) {
    const unsigned start = column();
    if (accept('+')) {
      if (__builtin_add_overflow(value, product(), &value)) fail(start, "the sum does not fit 64 bits");
    } else if (accept('-')) {
      if (__builtin_sub_overflow(value, product(), &value))
        fail(start, "the difference does not fit 64 bits");
    } else {
      return value;
    }
  }
}

Grain LineReader::grain() {
  const unsigned start = column();
  const bool prefixed = peek() == '0' && at_ + 1 < text_.size() && std::tolower(text_[at_ + 1]) == 'x';
  if (!prefixed) fail_expected("a hexadecimal number, 0x and up to 64 digits");
  at_ += 2;
  std::string digits;
  for (; at_ < text_.size() && continues_name(text_[at_]); ++at_) {
    if (text_[at_] == '_') continue;
    if (digit_value(text_[at_]) > 15) {
      fail(static_cast<unsigned>(at_ + 1), "'" + std::string(1, text_[at_]) + "' is no hexadecimal digit");
    }
    digits += text_[at_];
  }
  if (digits.empty()) fail(start, "the number has no digits");
  if (digits.size() > kGrainBits / 4) fail(start, "a grain has at most 64 hexadecimal digits");
  Grain grain{};
  unsigned lsb = 0;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, lsb += 4) {
    set_bits(grain, lsb, 4, digit_value(*digit));
  }
  return grain;
}

// Assembler

Assembler::Assembler() {
  add_directive(".equ", [this](LineReader& line, Assembly&) {
    const unsigned column = line.column();
    const std::string name = line.name("a name");
    const std::int64_t value = line.expression();
    try {
      define(name, value);
    } catch (const std::invalid_argument& error) {
      line.fail(column, error.what());
    }
  });
  add_directive(".grain", [](LineReader& line, Assembly& assembly) {
    assembly.program.append(line.grain());
    assembly.lines.push_back(line.line());
  });
}

void Assembler::add_directive(const std::string& name, Directive directive) {
  if (name.size() < 2 || name[0] != '.') {
    throw std::invalid_argument("directive '" + name + "' must begin with a dot");
  }
  if (!directives_.emplace(name, std::move(directive)).second) {
    throw std::invalid_argument("there is a directive '" + name + "' already");
  }
}

void Assembler::define(const std::string& name, std::int64_t value) {
  const auto [entry, added] = symbols_.emplace(name, value);
  if (!added && entry->second != value) {
    throw std::invalid_argument("'" + name + "' is " + std::to_string(entry->second) +
                                " already: use another name");
  }
}

Grain Assembler::assemble_instruction(LineReader& line, const spec::InstructionInfo& instruction) {
  const std::string mnemonic = lower(instruction.name);
  Grain grain{};
  set_bits(grain, kOpcodeField.lsb, kOpcodeField.width, static_cast<std::uint64_t>(instruction.opcode));
  std::set<std::string> given;
  while (!line.at_end()) {
    const unsigned column = line.column();
    const std::string name = lower(line.name("a field of " + mnemonic));
    const spec::Field* field = find_field(instruction, name);
    if (field == nullptr) {
      const std::vector<std::string> names = field_names(instruction);
      line.fail(column, mnemonic + " has no field '" + name + "': it takes " +
                            (names.empty() ? "none" : list(names)));
    }
    if (!given.insert(name).second) line.fail(column, mnemonic + " " + name + " is given twice");
    line.expect('=', "'=' after " + name);
    set_bits(grain, field->lsb, field->width,
             is_mask(*field) ? read_mask(line) : read_value(line, instruction, *field));
  }
  const unsigned end = line.column();
  for (unsigned i = 0; i < instruction.num_fields; ++i) {
    const spec::Field& field = instruction.fields[i];
    if (field.min != 0 && given.count(std::string(field.name)) == 0) {
      line.fail(end,
                mnemonic + " needs " + std::string(field.name) + ", at least " + std::to_string(field.min));
    }
  }
  return grain;
}

void Assembler::assemble_line(LineReader& line, Assembly& assembly) {
  if (line.at_end()) return;
  const unsigned column = line.column();
  const std::string word = lower(line.name("an instruction or a directive"));
  if (word[0] == '.') {
    const auto directive = directives_.find(word);
    if (directive == directives_.end()) {
      std::vector<std::string> names;
      for (const auto& entry : directives_) names.push_back(entry.first);
      line.fail(column, "no directive '" + word + "': there are " + list(names));
    }
    directive->second(line, assembly);
    line.expect_end();
    return;
  }
  const spec::InstructionInfo* instruction = find_instruction(std::string_view(word));
  if (instruction == nullptr) {
    line.fail(column, "no instruction '" + word + "': there are " + list(instruction_names()));
  }
  assembly.program.append(assemble_instruction(line, *instruction));
  assembly.lines.push_back(line.line());
}

Assembly Assembler::assemble(std::string_view source, const std::string& file) {
  Assembly assembly;
  unsigned number = 1;
  for (std::size_t start = 0; start <= source.size(); ++number) {
    const std::size_t end = std::min(source.find('\n', start), source.size());
    LineReader line(file, number, source.substr(start, end - start), symbols_);
    assemble_line(line, assembly);
    start = end + 1;
  }
  return assembly;
}

Program assemble(std::string_view source, const std::string& file) {
  return Assembler().assemble(source, file).program;
}

// Disassembler

std::string disassemble(const Grain& grain) {
  const spec::InstructionInfo* instruction = find_instruction(opcode_of(grain));
  const std::uint64_t wait = get_field(grain, kWaitField);
  const std::uint64_t post = get_field(grain, kPostField);
  if (instruction == nullptr || has_reserved_bits(grain, *instruction) ||
      (!instruction->masks && (wait != 0 || post != 0))) {
    return grain_text(grain);
  }
  std::string text = lower(instruction->name);
  for (unsigned i = 0; i < instruction->num_fields; ++i) {
    const spec::Field& field = instruction->fields[i];
    const std::uint64_t value = get_field(grain, field);
    // Zero is what the assembler takes for a field not given, unless it insists on it; enums read better with
    // it.
    if (value == 0 && field.min == 0 && field.enum_name.empty()) continue;
    text += " " + std::string(field.name) + "=" + value_text(field, value);
  }
  if (wait != 0) text += " wait=" + mask_text(wait);
  if (post != 0) text += " post=" + mask_text(post);
  return text;
}

std::string disassemble(const Program& program) {
  std::string text;
  for (const Grain& grain : program.code) text += disassemble(grain) + "\n";
  return text;
}

}  // namespace tessera::isa
